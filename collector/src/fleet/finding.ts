import { Type, type Static } from 'typebox';
import { Subject } from './subject.ts';

export const findingKinds = [
  'hotspot',
  'hotspot-predicted',
  'coldspot',
  'abrupt-load',
  'imbalance',
  'class-change',
  'stale',
  'insufficient-data',
  'host-trouble',
  'low-load',
  'reserve',
] as const;
export const FindingKind = Type.Enum(findingKinds);
export type FindingKind = Static<typeof FindingKind>;

export const severities = ['info', 'warning', 'critical'] as const;
export const Severity = Type.Enum(severities);
export type Severity = Static<typeof Severity>;

export const Evidence = Type.Object({
  measure: Type.String({ description: 'cpu, mem, net, disk, pressure, volume, age, ...' }),
  value: Type.Number(),
  threshold: Type.Number(),
  detail: Type.Optional(Type.String()),
});
export type Evidence = Static<typeof Evidence>;

export const Finding = Type.Object(
  {
    id: Type.String({ description: 'stable while the finding lasts' }),
    kind: FindingKind,
    severity: Severity,
    subject: Subject,
    since: Type.Integer(),
    at: Type.Integer({ description: 'when it was last judged true' }),
    until: Type.Optional(Type.Integer({ description: 'when it ended' })),
    message: Type.String({ description: 'one plain sentence' }),
    evidence: Type.Array(Evidence),
    rank: Type.Number({ description: 'orders findings of one kind: higher first (a hot spot: its volume)' }),
  },
  { description: 'Something judged true now, with evidence and since when' },
);
export type Finding = Static<typeof Finding>;
