import { Type, type Static } from 'typebox';

export const Readiness = Type.Object(
  {
    ready: Type.Boolean(),
    checks: Type.Array(
      Type.Object({
        name: Type.String({ description: 'e.g. "first snapshot", "journal", "influxdb"' }),
        ok: Type.Boolean(),
        required: Type.Boolean({ description: 'false: the collector works without it, in a lesser way' }),
        message: Type.String(),
      }),
    ),
  },
  { description: 'Whether the collector can do its work' },
);
export type Readiness = Static<typeof Readiness>;
