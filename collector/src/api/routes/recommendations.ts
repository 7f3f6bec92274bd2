import { Type } from 'typebox';
import { Recommendation, RecommendationKind } from '../../fleet/recommendation.ts';
import { callerOf } from '../authenticate.ts';
import { page, pageOf, PageQuery } from '../page.ts';
import { ApiProblem } from '../problem.ts';
import type { RouteSet } from './route-set.ts';

const RecommendationId = Type.Object({ id: Type.String({ maxLength: 100 }) });

export const recommendationRoutes: RouteSet = (app, { services }) => {
  app.get(
    '/recommendations',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['advice'],
        summary: 'What is advised now, the most urgent first',
        querystring: Type.Object(
          {
            ...PageQuery,
            kind: Type.Optional(RecommendationKind),
            host: Type.Optional(Type.String({ description: 'touched by it' })),
            vm: Type.Optional(Type.String({ description: 'uuid, moved by it' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(Recommendation) },
      },
    },
    ({ query }) =>
      page(
        services.advice
          .recommendations()
          .filter(
            ({ kind, moves, effects }) =>
              (query.kind === undefined || kind === query.kind) &&
              (query.host === undefined || effects.some((effect) => effect.host === query.host)) &&
              (query.vm === undefined || moves.some((move) => move.uuid === query.vm)),
          ),
        query,
      ),
  );

  app.get(
    '/recommendations/:id',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['advice'],
        summary: 'One recommendation',
        params: RecommendationId,
        response: { 200: Recommendation },
      },
    },
    ({ params }) => {
      const found = services.advice.recommendations().find(({ id }) => id === params.id);
      if (!found) {
        throw new ApiProblem('not-found', 'There is no such recommendation now; it may have expired.');
      }
      return found;
    },
  );

  app.post(
    '/recommendations/:id/dismiss',
    {
      config: { role: 'operator', audit: 'recommendation.dismiss' },
      schema: {
        tags: ['advice'],
        summary: 'Say no to a recommendation; the same plan is not advised again for a while',
        params: RecommendationId,
        body: Type.Object(
          { reason: Type.String({ minLength: 1, maxLength: 500 }) },
          { additionalProperties: false },
        ),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await services.advice.dismiss(request.params.id, request.body.reason, callerOf(request));
      return reply.code(204).send(null);
    },
  );
};
