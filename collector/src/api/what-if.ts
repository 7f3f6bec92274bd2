import { Type, type Static } from 'typebox';
import { MoveForecast } from '../fleet/move.ts';
import { Policy } from '../fleet/policy.ts';
import { HostEffect, Recommendation } from '../fleet/recommendation.ts';
import { VmRules } from '../fleet/vm.ts';

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
    add: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 253 }),
            like: Type.Optional(
              Type.String({ description: 'a host of the fleet that it is like, where nothing else is said' }),
            ),
            cpuCores: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
            memBytes: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
            nicBitsPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
            zone: Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
        { maxItems: 100, description: 'hosts that join, switched on and empty' },
      ),
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

export const NewVmQuestion = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 253 }),
    vcpus: Type.Integer({ minimum: 1, maximum: 4096 }),
    memoryBytes: Type.Number({ exclusiveMinimum: 0, description: 'all that it may grow to' }),
    expectedCpu: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.5,
        description: 'share of its vCPUs that it will use',
      }),
    ),
    rules: Type.Optional(
      Type.Partial(Type.Omit(VmRules, ['neverMigrate', 'blockedDevices', 'localDiskBytes', 'localDisks']), {
        additionalProperties: false,
        description: 'what is left out binds it to nothing',
      }),
    ),
  },
  { additionalProperties: false, description: 'A VM that does not run yet' },
);
export type NewVmQuestion = Static<typeof NewVmQuestion>;

export const PlaceAnswer = Type.Object(
  {
    snapshotSequence: Type.Integer({ minimum: 0 }),
    host: Type.Union([Type.String(), Type.Null()], { description: 'where to start it; null: nowhere' }),
    switchOn: Type.Boolean({ description: 'the host is off and must be switched on first' }),
    reason: Type.String(),
    effects: Type.Array(HostEffect, { description: 'the host before and after' }),
    gain: Type.Number({ description: 'how much the balance objective falls; negative: it grows' }),
    alternatives: Type.Array(
      Type.Object({
        host: Type.String(),
        lost: Type.String({ description: 'why it lost, in one sentence' }),
        effects: Type.Array(HostEffect),
      }),
      { description: 'hosts that could take it as well, best first' },
    ),
    refused: Type.Array(Type.Object({ host: Type.String(), code: Type.String(), reason: Type.String() }), {
      description: 'hosts that cannot take it, and why',
    }),
  },
  { description: 'Where a new VM should be started' },
);
export type PlaceAnswer = Static<typeof PlaceAnswer>;
