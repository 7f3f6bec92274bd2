import { Type } from 'typebox';
import { ClassChange } from '../../fleet/class-change.ts';
import { Forecast } from '../../fleet/forecast.ts';
import { dimensions } from '../../fleet/load.ts';
import { LoadClass } from '../../fleet/load-class.ts';
import { page, pageOf, PageQuery } from '../page.ts';
import { sorted } from '../sorted.ts';
import type { RouteSet } from './route-set.ts';

export const forecastRoutes: RouteSet = (app, { reader }) => {
  app.get(
    '/forecasts/:type/:id',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['judgement'],
        summary: 'Load to come of one host (by name) or VM (by uuid), dimension by dimension',
        params: Type.Object({ type: Type.Enum(['host', 'vm']), id: Type.String({ maxLength: 253 }) }),
        querystring: Type.Object(
          {
            minutes: Type.Integer({ minimum: 1, maximum: 60, default: 60 }),
            stepMinutes: Type.Integer({ minimum: 1, maximum: 60, default: 5 }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            items: Type.Array(Forecast, { description: 'without those that history is too short for' }),
          }),
        },
      },
    },
    ({ params, query }) => {
      const view = reader.view();
      const { judgement } = view;
      const subject =
        params.type === 'host'
          ? { type: params.type, ...named(reader.host(view, params.id).name) }
          : vmSubject(reader.vm(view, params.id));
      const items = dimensions.map((dimension): Forecast => {
        const points: Forecast['points'] = [];
        for (let minutes = query.stepMinutes; minutes <= query.minutes; minutes += query.stepMinutes) {
          const point = judgement?.forecast(subject.id, dimension, minutes);
          if (point) points.push(point);
        }
        return { subject, dimension, at: judgement?.at ?? view.snapshot.at, points };
      });
      return { items: items.filter(({ points }) => points.length > 0) };
    },
  );

  app.get(
    '/class-changes',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['judgement'],
        summary: 'VMs about to change class, the next first',
        querystring: Type.Object(
          {
            ...PageQuery,
            announced: Type.Boolean({
              default: true,
              description: "false: also those below the policy's operating point",
            }),
            host: Type.Optional(Type.String()),
            vm: Type.Optional(Type.String({ description: 'uuid' })),
            to: Type.Optional(LoadClass),
          },
          { additionalProperties: false },
        ),
        response: { 200: pageOf(ClassChange) },
      },
    },
    ({ query }) => {
      const matching = (reader.view().judgement?.classChanges ?? []).filter(
        (change) =>
          (!query.announced || change.announced) &&
          (query.host === undefined || change.host === query.host) &&
          (query.vm === undefined || change.uuid === query.vm) &&
          (query.to === undefined || change.to === query.to),
      );
      return page(
        sorted(matching, (change) => change.when, 'asc'),
        query,
      );
    },
  );
};

const named = (name: string) => ({ id: name, name });

const vmSubject = ({ uuid, name, host }: { uuid: string; name: string; host: string }) => ({
  type: 'vm' as const,
  id: uuid,
  name,
  host,
});
