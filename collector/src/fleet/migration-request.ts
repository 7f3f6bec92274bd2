import { Type, type Static } from 'typebox';
import { orUnknown } from './load.ts';
import { MigrationOptions } from './migration.ts';

export const MigrationRequest = Type.Object(
  {
    uuid: Type.String({ minLength: 1, description: "the VM's uuid" }),
    to: Type.String({ minLength: 1, description: 'name of the target host' }),
    from: Type.Optional(
      Type.String({
        description: 'where the asker saw it; refused with 409 when the VM has moved meanwhile',
      }),
    ),
    reason: Type.Optional(Type.String({ maxLength: 500 })),
    recommendation: Type.Optional(
      Type.String({ description: 'id of the advice followed; refused with 409 when that has expired' }),
    ),
    priority: Type.Optional(Type.Integer({ minimum: 1, maximum: 5, description: '1 is the most urgent' })),
    options: Type.Optional(MigrationOptions),
  },
  { additionalProperties: false, description: 'One VM to be moved, as an admin or a plan asks for it' },
);
export type MigrationRequest = Static<typeof MigrationRequest>;

export const MigrationQuery = Type.Object({
  active: Type.Optional(Type.Boolean({ description: 'only those under way, or only those that ended' })),
  vm: Type.Optional(Type.String({ description: 'uuid' })),
  host: Type.Optional(Type.String({ description: 'source or target' })),
  from: Type.Optional(Type.Integer({ description: 'requested at or after' })),
  to: Type.Optional(Type.Integer({ description: 'requested before' })),
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  offset: Type.Integer({ minimum: 0, default: 0 }),
});
export type MigrationQuery = Static<typeof MigrationQuery>;

export const PreflightCheck = Type.Object({
  check: Type.String({ description: 'e.g. "target-memory"' }),
  outcome: Type.Enum(['ok', 'warning', 'failed', 'unknown']),
  message: Type.String({ description: 'one plain sentence' }),
  advice: orUnknown(Type.String({ description: 'what to do about it' })),
});
export type PreflightCheck = Static<typeof PreflightCheck>;

/** Absent: left as it is. */
export const MigrationTuning = Type.Object(
  {
    bandwidthBytesPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    downtimeMs: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    postCopy: Type.Optional(
      Type.Literal(true, {
        description: 'switch now; only where the migration was started with post-copy possible',
      }),
    ),
  },
  { additionalProperties: false, description: 'What may be changed while a migration copies' },
);
export type MigrationTuning = Static<typeof MigrationTuning>;
