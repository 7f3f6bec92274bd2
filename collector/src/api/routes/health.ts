import { Type } from 'typebox';
import { prometheusText } from '../metric.ts';
import { Readiness } from '../readiness.ts';
import type { RouteSet } from './route-set.ts';

/** Outside /api: for machines that watch the collector itself. */
export const healthRoutes: RouteSet = (app, { services }) => {
  app.get(
    '/healthz',
    {
      config: { role: 'anyone' },
      schema: {
        tags: ['health'],
        summary: 'Whether the process answers at all',
        security: [],
        response: { 200: Type.Object({ status: Type.Literal('ok'), version: Type.String() }) },
      },
    },
    () => ({ status: 'ok' as const, version: services.info.version }),
  );

  app.get(
    '/readyz',
    {
      config: { role: 'anyone' },
      schema: {
        tags: ['health'],
        summary: 'Whether the collector can do its work',
        security: [],
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const readiness = services.health.readiness();
      return reply.code(readiness.ready ? 200 : 503).send(readiness);
    },
  );

  app.get(
    '/metrics',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['health'],
        summary: "The collector's own figures, as Prometheus text",
        produces: ['text/plain'],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) =>
      reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .serializer((text: string) => text)
        .send(prometheusText(services.health.metrics())),
  );
};
