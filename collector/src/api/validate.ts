import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { ApiProblem } from './problem.ts';

const names: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'header' };

/** TypeBox does the checking; what is wrong is said in words, all of it at once. */
export const validate: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const compiled = Compile(schema);
  const part = names[httpPart ?? ''] ?? httpPart ?? 'body';
  return (given: unknown) => {
    // Text is all that a URL can carry; a JSON body is taken at its word.
    const value = Value.Default(
      schema,
      httpPart === 'body' ? (given ?? {}) : Value.Convert(schema, Value.Clone(given)),
    );
    if (compiled.Check(value)) return { value };
    // A field that is not known is told once, by its parent.
    const found = compiled.Errors(value).filter((error) => error.keyword !== 'boolean');
    const errors = found.map((error) => ({
      where: part + error.instancePath.replaceAll('/', '.'),
      message: inWords(error),
    }));
    const first = errors[0]!;
    return { error: new ApiProblem('bad-request', `${first.where} ${first.message}.`, { errors }) };
  };
};

type SchemaError = ReturnType<ReturnType<typeof Compile<TSchema>>['Errors']>[number];

function inWords(error: SchemaError): string {
  switch (error.keyword) {
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`;
    case 'additionalProperties':
      return `has ${error.params.additionalProperties.map((name) => `"${name}"`).join(', ')}, which is not known here`;
    case 'required':
      return `lacks ${error.params.requiredProperties.map((name) => `"${name}"`).join(', ')}`;
    default:
      return error.message;
  }
}
