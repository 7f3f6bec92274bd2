import { Type, type Static } from 'typebox';

const interval = (description: string) =>
  Type.Object(
    { value: Type.Number(), low: Type.Number(), high: Type.Number() },
    { description: `${description}; low..high is an 80 % interval` },
  );

export const MoveForecast = Type.Object(
  {
    bytes: interval('bytes over the wire'),
    seconds: interval('total time in seconds'),
    downtimeSeconds: interval('time the VM stands still, in seconds'),
    rounds: Type.Number({ minimum: 0 }),
    converges: Type.Boolean(),
    strategy: Type.Enum(['pre-copy', 'auto-converge', 'compression', 'parallel', 'post-copy', 'rdma']),
    copiesDisks: Type.Boolean(),
    reason: Type.String({ description: 'why this strategy, in one sentence' }),
  },
  { description: 'What a live migration will cost' },
);
export type MoveForecast = Static<typeof MoveForecast>;

export const Move = Type.Object({
  uuid: Type.String(),
  vm: Type.String(),
  from: Type.String(),
  to: Type.String(),
  wave: Type.Integer({ minimum: 0, description: 'moves of one wave may run at once' }),
  temporary: Type.Optional(Type.Boolean({ description: 'a stop on the way, to break a cycle' })),
  forecast: MoveForecast,
});
export type Move = Static<typeof Move>;

export const PowerAction = Type.Object({
  host: Type.String(),
  action: Type.Enum(['switch-on', 'switch-off']),
  wave: Type.Integer({ minimum: 0 }),
});
export type PowerAction = Static<typeof PowerAction>;
