import { Type, type Static } from 'typebox';
import { Load } from './load.ts';
import { Move, PowerAction } from './move.ts';

export const recommendationKinds = [
  'relieve',
  'balance',
  'consolidate',
  'deconsolidate',
  'drain',
  'place',
  'class-change',
] as const;
export const RecommendationKind = Type.Enum(recommendationKinds);
export type RecommendationKind = Static<typeof RecommendationKind>;

export const HostEffect = Type.Object({
  host: Type.String(),
  before: Load,
  after: Load,
  forecastBefore: Load,
  forecastAfter: Load,
  vmsBefore: Type.Integer({ minimum: 0 }),
  vmsAfter: Type.Integer({ minimum: 0 }),
});
export type HostEffect = Static<typeof HostEffect>;

export const Alternative = Type.Object({
  description: Type.String(),
  lost: Type.String({ description: 'why it lost, in one sentence' }),
});

export const Recommendation = Type.Object(
  {
    id: Type.String({ description: 'the same while the plan stays the same' }),
    kind: RecommendationKind,
    priority: Type.Integer({ minimum: 1, maximum: 5, description: '1 is the most urgent' }),
    reason: Type.String({ description: 'one plain sentence' }),
    findings: Type.Array(Type.String(), { description: 'ids of the findings behind it' }),
    moves: Type.Array(Move),
    power: Type.Array(PowerAction),
    effects: Type.Array(HostEffect),
    cost: Type.Object({
      bytes: Type.Number({ minimum: 0 }),
      seconds: Type.Number({ minimum: 0 }),
      downtimeSeconds: Type.Number({ minimum: 0, description: 'the longest of any VM' }),
    }),
    gain: Type.Number({ description: 'how much the objective falls' }),
    ifIgnored: Type.String({ description: 'what would happen if nobody acts' }),
    alternatives: Type.Array(Alternative),
    createdAt: Type.Integer(),
    expiresAt: Type.Integer(),
    snapshotSequence: Type.Integer({ minimum: 0, description: 'the snapshot it was made from' }),
  },
  { description: 'Moves and host power actions, with the reason, the effect and the cost' },
);
export type Recommendation = Static<typeof Recommendation>;
