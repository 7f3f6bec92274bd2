import type { Finding } from '../fleet/finding.ts';
import type { PowerAction } from '../fleet/move.ts';
import type { Recommendation, RecommendationKind } from '../fleet/recommendation.ts';
import type { AdviseOptions, Refused } from './advice.ts';
import type { Constraints } from './constraints.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Placement } from './placement.ts';
import type { Restraint } from './restraint.ts';
import type { RefusalCode } from './refusal.ts';
import type { SearchClock } from './search-clock.ts';

/** Where units shall go; what a planner proposes before it is ordered, forecast and checked. */
export type Targets = ReadonlyMap<number, number>;

/** Hosts to switch off, and where what runs on them goes. */
export type Emptying = { readonly off: readonly number[]; readonly targets: Targets };

/** A plan as a planner made it. Its sentences are written once it is known what became of it. */
export type Proposal = {
  readonly kind: RecommendationKind;
  readonly priority: Recommendation['priority'];
  readonly targets: Targets;
  readonly power: readonly Omit<PowerAction, 'wave'>[];
  readonly findings: readonly Finding[];
  readonly gain: number;
  readonly reason: string;
  readonly ifIgnored: string;
  readonly alternatives: Recommendation['alternatives'];
};

/** What planners of one tick share. */
export type Planning = {
  readonly model: FleetModel;
  /** The fleet as it is. */
  readonly start: Placement;
  /** The fleet with all that was already recommended in this tick counted on both hosts, so that plans do not collide. */
  readonly booked: Placement;
  readonly plannedUnits: Set<number>;
  /** Hosts that earlier plans of this tick empty, switch or relieve. */
  readonly plannedHosts: Set<number>;
  /** Pairs of unit and host whose migration was forecast to fail or to last too long. */
  readonly hopeless: Map<string, RefusalCode>;
  readonly restraint: Restraint;
  /** What was recommended at the tick before. */
  readonly previous: readonly Recommendation[];
  readonly clock: SearchClock;
  readonly options: AdviseOptions;
  readonly refused: Refused[];
  readonly constraints: (options?: {
    readonly switchedOn?: ReadonlySet<number>;
    readonly leaving?: ReadonlySet<number>;
    /** Whether VMs that moved lately may move again: only an order or an emergency may. */
    readonly disturbResting?: boolean;
  }) => Constraints;
};

export const hopelessKey = (u: number, h: number): string => `${u} ${h}`;
