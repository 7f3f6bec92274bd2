import type { ExactBalance } from './balance.ts';
import type { ExactConsolidate } from './consolidate.ts';
import type { Host } from '../fleet/host.ts';
import type { MoveForecast } from '../fleet/move.ts';
import type { MoveRecord, PowerRecord } from '../fleet/move-record.ts';
import type { Recommendation, RecommendationKind } from '../fleet/recommendation.ts';
import type { Subject } from '../fleet/subject.ts';
import type { Vm } from '../fleet/vm.ts';

/** Something that should be done and cannot be, or data that nothing may be planned on; said in one plain sentence. */
export type Refused = {
  readonly kind: RecommendationKind | 'data';
  readonly subject: Subject;
  readonly reason: string;
};

export type Advice = {
  readonly recommendations: readonly Recommendation[];
  readonly refused: readonly Refused[];
};

export type AdviseHistory = {
  /** Moves and power actions that were really made, in any order. */
  readonly moves: readonly MoveRecord[];
  readonly power: readonly PowerRecord[];
  /** What was advised last: a plan that still holds is kept, under its id. */
  readonly previous: readonly Recommendation[];
};

export const noHistory: AdviseHistory = { moves: [], power: [], previous: [] };

/** What a live migration costs; `flowing` counts the migrations that run at the same time, by host name. */
export type ForecastMove = (
  vm: Vm,
  from: Host,
  to: Host,
  flowing?: ReadonlyMap<string, number>,
) => MoveForecast;

/** Bounds the search: at most `steps` candidate moves are weighed, and it stops early once `expired` says so. */
export type SearchBudget = { readonly steps: number; readonly expired?: () => boolean };

export const defaultBudget: SearchBudget = { steps: 4_000_000 };

export type AdviseOptions = {
  readonly seed: number;
  readonly budget?: SearchBudget;
  readonly forecastMove: ForecastMove;
  /** Names of hosts to empty for maintenance, besides those that the snapshot says are in maintenance. */
  readonly drain?: readonly string[];
  /** An exact solver, for small fleets; where it gives no answer the search does. */
  readonly exact?: { readonly balance?: ExactBalance; readonly consolidate?: ExactConsolidate };
};
