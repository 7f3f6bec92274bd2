import { Type, type Static } from 'typebox';
import { orUnknown } from './load.ts';
import { MoveForecast } from './move.ts';

export const migrationStages = [
  'requested',
  'checking',
  'reserved',
  'copying',
  'switching',
  'done',
  'failed',
  'aborted',
] as const;
export const MigrationStage = Type.Enum(migrationStages);
export type MigrationStage = Static<typeof MigrationStage>;

export const MigrationProgress = Type.Object({
  at: Type.Integer(),
  bytesTotal: Type.Number({ minimum: 0 }),
  bytesProcessed: Type.Number({ minimum: 0 }),
  bytesRemaining: Type.Number({ minimum: 0 }),
  bytesPerSecond: orUnknown(Type.Number({ minimum: 0 })),
  dirtyBytesPerSecond: orUnknown(Type.Number({ minimum: 0 })),
  iteration: Type.Integer({ minimum: 0 }),
  throttlePercent: orUnknown(Type.Number({ minimum: 0 })),
  postCopy: Type.Boolean(),
});
export type MigrationProgress = Static<typeof MigrationProgress>;

export const MigrationFact = Type.Object(
  {
    seconds: Type.Number({ minimum: 0 }),
    downtimeSeconds: orUnknown(Type.Number({ minimum: 0 })),
    bytes: orUnknown(Type.Number({ minimum: 0 })),
    bytesPerSecond: orUnknown(Type.Number({ minimum: 0 })),
    rounds: orUnknown(Type.Integer({ minimum: 0 })),
  },
  { description: 'what was measured, to stand beside the forecast' },
);
export type MigrationFact = Static<typeof MigrationFact>;

export const MigrationOptions = Type.Object(
  {
    strategy: Type.Optional(MoveForecast.properties.strategy),
    bandwidthBytesPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    downtimeMs: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    deadlineSeconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: 'aborted when it is not done by then' }),
    ),
    tls: Type.Optional(Type.Boolean({ description: 'encrypt the copy; the policy may require it anyway' })),
    parallelConnections: Type.Optional(Type.Integer({ minimum: 2, maximum: 16 })),
  },
  { additionalProperties: false, description: 'Everything has a default from the policy and the forecast' },
);
export type MigrationOptions = Static<typeof MigrationOptions>;

export const Migration = Type.Object(
  {
    id: Type.String(),
    uuid: Type.String(),
    vm: Type.String(),
    from: Type.String(),
    to: Type.String(),
    stage: MigrationStage,
    stages: Type.Array(
      Type.Object({ stage: MigrationStage, at: Type.Integer(), cause: Type.Optional(Type.String()) }),
    ),
    requestedBy: Type.String(),
    approval: Type.Optional(
      Type.Object(
        {
          until: Type.Integer({ description: 'undecided by then, it ends as aborted' }),
          by: orUnknown(Type.String({ description: 'who approved it; null while nobody has' })),
        },
        { description: 'only of one that an admin must approve before anything is done' },
      ),
    ),
    reason: orUnknown(Type.String()),
    recommendation: orUnknown(Type.String()),
    priority: Type.Integer({ minimum: 1, maximum: 5 }),
    drain: orUnknown(Type.String({ description: 'id of the drain it belongs to' })),
    options: MigrationOptions,
    deadlineAt: orUnknown(Type.Integer()),
    attempt: Type.Integer({ minimum: 1 }),
    waitingFor: orUnknown(Type.String({ description: 'why it has not started yet' })),
    forecast: orUnknown(MoveForecast),
    progress: orUnknown(MigrationProgress),
    fact: orUnknown(MigrationFact),
    runsOn: orUnknown(
      Type.String({ description: 'verified at the end: the one host where exactly one copy runs' }),
    ),
    error: orUnknown(Type.Object({ code: Type.String(), message: Type.String(), advice: Type.String() })),
  },
  { description: 'A move being done' },
);
export type Migration = Static<typeof Migration>;

export const awaitsApproval = ({ stage, approval }: Migration): boolean =>
  stage === 'requested' && approval?.by === null;
