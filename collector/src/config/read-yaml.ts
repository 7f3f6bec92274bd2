import { readFileSync } from 'node:fs';
import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { whatWouldBeRight } from './what-would-be-right.ts';

export type YamlFile<T> = {
  readonly value: T;
  /** The line that a path such as ['fleet', 'hosts', 0, 'uri'] stands on; the nearest parent's when it is absent. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
};

/** Reads a YAML file and checks it against a schema; throws a ConfigError that names every problem with its line. */
export function readYaml<Schema extends TSchema>(file: string, schema: Schema): YamlFile<Static<Schema>> {
  const counter = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: counter, prettyErrors: false });
  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0)
    throw new ConfigError(
      syntax.map((problem) => ({
        file,
        line: counter.linePos(problem.pos[0]).line,
        message: `not valid YAML: ${problem.message}`,
      })),
    );
  const given: unknown = document.toJS() ?? {};
  const lineOf = (path: readonly (string | number)[]) => lineOfPath(document, counter, path);
  const filled: unknown = Value.Default(schema, Value.Clone(given));
  const problems = problemsOf(schema, filled, file, lineOf);
  if (problems.length > 0) throw new ConfigError(problems);
  return { value: filled as Static<Schema>, lineOf };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'there is no such file; name an existing YAML file'
        : `cannot be read (${code ?? String(error)}); make it a readable YAML file`;
    throw new ConfigError([{ file, line: 1, message: why }]);
  }
}

function problemsOf(
  schema: TSchema,
  value: unknown,
  file: string,
  lineOf: (path: readonly (string | number)[]) => number,
): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  for (const error of Value.Errors(schema, value)) {
    for (const { path, message } of whatWouldBeRight(schema, error, value)) {
      const problem = { file, line: lineOf(path), message };
      problems.set(`${problem.line} ${message}`, problem);
    }
  }
  return [...problems.values()].sort((a, b) => a.line - b.line);
}

function lineOfPath(document: Document, counter: LineCounter, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true);
    const key = path[depth - 1]!;
    const pair = isMap(parent)
      ? parent.items.find(
          (item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(key),
        )
      : undefined;
    const node = pair === undefined ? document.getIn(path.slice(0, depth), true) : pair.key;
    const start = (node as { range?: readonly number[] } | undefined)?.range?.[0];
    if (start !== undefined) return counter.linePos(start).line;
  }
  return 1;
}
