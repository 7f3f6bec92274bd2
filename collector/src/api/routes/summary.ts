import { Type } from 'typebox';
import { Load, orUnknown } from '../../fleet/load.ts';
import { SnapshotMark } from '../page.ts';
import { type HostState, hostStates } from '../views.ts';
import type { RouteSet } from './route-set.ts';
import { summarise } from '../summarise.ts';

const count = Type.Integer({ minimum: 0 });

export const Summary = Type.Object(
  {
    fleet: Type.String(),
    version: Type.String(),
    simulated: Type.Boolean({ description: 'true: no real host is behind these figures' }),
    telemetry: Type.Enum(['influxdb', 'embedded']),
    ...SnapshotMark,
    hosts: Type.Object({
      total: count,
      on: count,
      fresh: count,
      states: Type.Object(
        Object.fromEntries(hostStates.map((state) => [state, count])) as Record<HostState, typeof count>,
      ),
    }),
    vms: Type.Object({
      total: count,
      running: count,
      fresh: count,
      classes: Type.Object({ low: count, medium: count, high: count, unknown: count }),
      classChanges: count,
    }),
    load: Load,
    vcpus: count,
    memBytes: Type.Number({ minimum: 0 }),
    watts: orUnknown(
      Type.Number({ minimum: 0, description: 'by the hosts that state their power; null when none does' }),
    ),
    savedWatts: orUnknown(
      Type.Number({
        minimum: 0,
        description:
          'an estimate: what the hosts that are off would draw idle; null when none is off that states it',
      }),
    ),
    findings: Type.Object({ info: count, warning: count, critical: count }),
    recommendations: count,
    migrations: Type.Object({ active: count, doneToday: count, failedToday: count }),
  },
  { description: 'The fleet in a few numbers' },
);

export const summaryRoutes: RouteSet = (app, { services, reader, now }) => {
  app.get(
    '/summary',
    {
      config: { role: 'viewer' },
      schema: { tags: ['fleet'], summary: 'The fleet in a few numbers', response: { 200: Summary } },
    },
    async () => {
      const view = reader.view();
      const today = now() - (now() % 86_400_000);
      const active = await services.migrations.list({ active: true, limit: 1, offset: 0 });
      const past = await services.migrations.list({ active: false, from: today, limit: 1000, offset: 0 });
      return {
        fleet: services.info.fleet,
        version: services.info.version,
        simulated: services.info.simulated,
        telemetry: services.info.telemetry(),
        at: view.snapshot.at,
        sequence: view.snapshot.sequence,
        ...summarise(view),
        recommendations: services.advice.recommendations().length,
        migrations: {
          active: active.total,
          doneToday: past.items.filter(({ stage }) => stage === 'done').length,
          failedToday: past.items.filter(({ stage }) => stage === 'failed').length,
        },
      };
    },
  );
};
