import { Type, type Static } from 'typebox';
import { orUnknown } from './load.ts';
import { Move } from './move.ts';

export const DrainRequest = Type.Union(
  [
    Type.Object(
      { host: Type.String({ minLength: 1 }), reason: Type.Optional(Type.String({ maxLength: 500 })) },
      { additionalProperties: false, description: 'empty this host for maintenance' },
    ),
    Type.Object(
      {
        recommendation: Type.String({ minLength: 1 }),
        reason: Type.Optional(Type.String({ maxLength: 500 })),
      },
      { additionalProperties: false, description: 'carry out this recommendation' },
    ),
  ],
  { description: 'A plan to be carried out wave by wave' },
);
export type DrainRequest = Static<typeof DrainRequest>;

export const drainStates = ['running', 'paused', 'done', 'stopped', 'cancelled'] as const;

export const Drain = Type.Object(
  {
    id: Type.String(),
    host: orUnknown(Type.String({ description: 'the host being emptied; null for a recommendation' })),
    recommendation: orUnknown(Type.String()),
    state: Type.Enum(drainStates, { description: 'stopped: the world changed, see cause' }),
    cause: orUnknown(Type.String()),
    requestedBy: Type.String(),
    reason: orUnknown(Type.String()),
    startedAt: Type.Integer(),
    endedAt: orUnknown(Type.Integer()),
    wave: Type.Integer({ minimum: 0 }),
    waves: Type.Integer({ minimum: 0 }),
    moves: Type.Array(Move),
    migrations: Type.Array(Type.String(), { description: 'ids of the migrations begun so far' }),
    stays: Type.Array(Type.Object({ uuid: Type.String(), vm: Type.String(), reason: Type.String() }), {
      description: 'what does not move, and why',
    }),
  },
  { description: 'A plan being carried out: a host emptied, or a recommendation followed' },
);
export type Drain = Static<typeof Drain>;
