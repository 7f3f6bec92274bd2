import { Type, type Static } from 'typebox';
import { MoveForecast } from '../fleet/move.ts';
import { Policy } from '../fleet/policy.ts';
import { HostEffect, Recommendation } from '../fleet/recommendation.ts';

export const WhatIfQuestion = Type.Object(
  {
    policy: Type.Optional(
      Type.Object(Policy.properties, {
        additionalProperties: false,
        description: 'instead of the policy in force; what is left out has its default',
      }),
    ),
    drain: Type.Optional(Type.Array(Type.String(), { maxItems: 100, description: 'hosts to be emptied' })),
    without: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 100,
        description: 'hosts that are gone: their VMs must run elsewhere',
      }),
    ),
    loadFactor: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100,
        description: 'CPU, network and disk load of all VMs times this',
      }),
    ),
    moves: Type.Optional(
      Type.Array(Type.Object({ uuid: Type.String(), to: Type.String() }, { additionalProperties: false }), {
        maxItems: 1000,
        description: 'moves made by hand before anything else is advised',
      }),
    ),
  },
  { additionalProperties: false, description: 'What would be advised if things were otherwise' },
);
export type WhatIfQuestion = Static<typeof WhatIfQuestion>;

export const WhatIfAnswer = Type.Object({
  snapshotSequence: Type.Integer({ minimum: 0 }),
  recommendations: Type.Array(Recommendation),
  effects: Type.Array(HostEffect, { description: 'of the moves made by hand, host by host' }),
  problems: Type.Array(Type.String(), {
    description: 'why something asked for cannot be, one sentence each',
  }),
});
export type WhatIfAnswer = Static<typeof WhatIfAnswer>;

export const Target = Type.Object(
  {
    host: Type.String(),
    rank: Type.Integer({ minimum: 1 }),
    reason: Type.String({ description: 'why it stands at this place, in one sentence' }),
    gain: Type.Number({
      description: 'how much the balance objective falls; negative: it grows',
    }),
    effects: Type.Array(HostEffect, { description: 'both hosts, before and after' }),
    forecast: Type.Union([MoveForecast, Type.Null()]),
  },
  { description: 'A host that could take the VM' },
);
export type Target = Static<typeof Target>;
