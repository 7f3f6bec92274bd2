import type { Judgement } from '../fleet/judgement.ts';
import type { MoveRecord } from '../fleet/move-record.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';

/** What act is told of the fleet each time it asks: always the newest. */
export type FleetView = {
  readonly snapshot: () => Snapshot | null;
  readonly judgement: () => Judgement | null;
  readonly policy: () => Policy;
  readonly recommendations: () => readonly Recommendation[];
  /** Moves that were really made, within the policy's window. */
  readonly moves: () => readonly MoveRecord[];
  /** What emptying a host takes; the hosts given are to be left alone. */
  readonly planDrain: (host: string) => DrainPlan;
};

export type DrainPlan = {
  readonly moves: Recommendation['moves'];
  readonly stays: readonly { readonly uuid: string; readonly vm: string; readonly reason: string }[];
};
