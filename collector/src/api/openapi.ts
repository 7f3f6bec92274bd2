import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { withComponents } from './component-schemas.ts';
import { Problem, problemMediaType } from './problem.ts';

type Parameter = { required?: boolean; schema?: { default?: unknown } };
type Operation = { parameters?: Parameter[]; responses?: Record<string, unknown> };

/** Describes every route that follows as OpenAPI 3.1, and serves that at /api/v1/openapi.json. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Evenkeel collector',
        version,
        description: 'Hosts, VMs, what is judged of them, what is advised, and live migrations.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'evenkeel_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transformObject: (document) =>
      withComponents(
        completed('openapiObject' in document ? document.openapiObject : document.swaggerObject),
      ),
  });
  app.get('/api/v1/openapi.json', { config: { role: 'anyone' }, schema: { hide: true } }, () =>
    app.swagger(),
  );
}

/** Every route may answer with a problem; a parameter that has a default may be left out. */
function completed(document: object): Record<string, unknown> {
  const { paths, ...rest } = document as { paths: Record<string, Record<string, Operation>> };
  const described = Object.entries(paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method,
        {
          ...operation,
          ...(operation.parameters && { parameters: operation.parameters.map(optionalWithDefault) }),
          responses: {
            ...operation.responses,
            default: { description: 'What went wrong', content: { [problemMediaType]: { schema: Problem } } },
          },
        },
      ]),
    ),
  ]);
  return { ...rest, paths: Object.fromEntries(described) as unknown };
}

const optionalWithDefault = (parameter: Parameter): Parameter =>
  parameter.schema?.default === undefined ? parameter : { ...parameter, required: false };
