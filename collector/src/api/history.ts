import { Type, type Static } from 'typebox';
import { orUnknown } from '../fleet/load.ts';

export const HistoryRange = Type.Object({
  from: Type.Integer({ description: 'milliseconds since 1970' }),
  to: Type.Integer({ description: 'milliseconds since 1970' }),
  stepSeconds: Type.Integer({ minimum: 1, description: 'one value per step: the mean of its samples' }),
});
export type HistoryRange = Static<typeof HistoryRange>;

const series = (description: string) => Type.Array(orUnknown(Type.Number()), { description });

export const History = Type.Object(
  {
    subject: Type.Object({ type: Type.Enum(['host', 'vm']), id: Type.String(), name: Type.String() }),
    ...HistoryRange.properties,
    source: Type.Enum(['influxdb', 'embedded'], { description: 'embedded: the window in memory alone' }),
    at: Type.Array(Type.Integer(), { description: 'start of each step' }),
    cpu: series('share 0..1'),
    mem: series('share 0..1'),
    net: series('share 0..1'),
    disk: series('share 0..1'),
    pressure: series('vCPU delay (steal) share'),
  },
  { description: 'Load over time, one array per dimension; null where no sample was taken' },
);
export type History = Static<typeof History>;
