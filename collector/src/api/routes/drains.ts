import { Type } from 'typebox';
import { Drain, DrainRequest } from '../../fleet/drain.ts';
import { callerOf } from '../authenticate.ts';
import { idempotencyKeyOf } from '../idempotency-key.ts';
import { page, pageOf, PageQuery } from '../page.ts';
import { ApiProblem } from '../problem.ts';
import type { RouteSet } from './route-set.ts';

const DrainId = Type.Object({ id: Type.String({ maxLength: 100 }) });

export const drainRoutes: RouteSet = (app, { services: { drains } }) => {
  app.get(
    '/drains',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['drains'],
        summary: 'Plans being carried out or carried out lately, the newest first',
        querystring: Type.Object(PageQuery, { additionalProperties: false }),
        response: { 200: pageOf(Drain) },
      },
    },
    async ({ query }) => page(await drains.list(), query),
  );

  app.get(
    '/drains/:id',
    {
      config: { role: 'viewer' },
      schema: { tags: ['drains'], summary: 'One of them', params: DrainId, response: { 200: Drain } },
    },
    async ({ params }) => {
      const found = await drains.get(params.id);
      if (!found) throw new ApiProblem('not-found', `There is no drain "${params.id}".`);
      return found;
    },
  );

  app.post(
    '/drains/preview',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['drains'],
        summary: 'The plan that a drain would follow; changes nothing',
        body: DrainRequest,
        response: { 200: Drain },
      },
    },
    (request) => drains.preview(request.body, callerOf(request)),
  );

  app.post(
    '/drains',
    {
      config: { role: 'operator', audit: 'drain.start' },
      schema: {
        tags: ['drains'],
        summary: 'Empty a host, or carry out a recommendation, wave by wave',
        body: DrainRequest,
        response: { 202: Drain },
      },
    },
    async (request, reply) => {
      const drain = await drains.start(request.body, callerOf(request), idempotencyKeyOf(request));
      return reply.code(202).header('location', `/api/v1/drains/${drain.id}`).send(drain);
    },
  );

  const steps = {
    pause: 'Start no further move; those under way finish',
    resume: 'Go on with what was paused',
    cancel: 'Withdraw what has not begun; what is under way finishes',
  } as const;
  for (const step of ['pause', 'resume', 'cancel'] as const) {
    app.post(
      `/drains/:id/${step}`,
      {
        config: { role: 'operator', audit: `drain.${step}` },
        schema: {
          tags: ['drains'],
          summary: steps[step],
          params: DrainId,
          response: { 202: Drain },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        return reply.code(202).send(await drains[step](id, callerOf(request)));
      },
    );
  }
};
