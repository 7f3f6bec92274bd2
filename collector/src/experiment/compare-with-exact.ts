import { type AdviseOptions, noHistory } from '../advise/advice.ts';
import { searchBalance } from '../advise/balance-search.ts';
import { consolidateFleet } from '../advise/consolidate.ts';
import type { Emptying } from '../advise/planning.ts';
import { createPlanning } from '../advise/create-planning.ts';
import { buildFleetModel } from '../advise/fleet-model.ts';
import { BalanceObjective, consolidateValue } from '../advise/objective.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { MoveForecast } from '../fleet/move.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Snapshot } from '../fleet/snapshot.ts';

export type ExactComparison = {
  /** Objective of the search's plan divided by the exact optimum's. */
  readonly ratio: number;
  /** The share of the possible gain that the search found; null where nothing could be gained. */
  readonly gain: number | null;
};

type Fleet = { readonly snapshot: Snapshot; readonly judgement: Judgement; readonly policy: Policy };

/** Sets the search beside the exact solver on one fleet; null where the solver gave no answer. */
export const compareWithExact = (
  kind: 'balance' | 'consolidate',
  { snapshot, judgement, policy }: Fleet,
  exact: NonNullable<AdviseOptions['exact']>,
): ExactComparison | null => {
  const model = buildFleetModel(snapshot, judgement, policy);
  const fresh = () => createPlanning(model, noHistory, { seed: 1, forecastMove: () => free });
  const planning = fresh();
  const objective = new BalanceObjective(planning.start);
  const valueOf = (targets: ReadonlyMap<number, number>, off: ReadonlySet<number>) => {
    const after = planning.start.copy();
    for (const [u, to] of targets) after.move(u, to);
    return kind === 'balance' ? objective.value(after) : consolidateValue(after, off);
  };
  const start = valueOf(new Map(), new Set());
  let found: number;
  let best: number;
  if (kind === 'balance') {
    const constraints = planning.constraints();
    const targets = exact.balance?.(planning, objective, constraints) ?? null;
    if (targets === null) return null;
    best = valueOf(targets, new Set());
    const options = { seed: 1, mostMoves: policy.limits.perPlan };
    found = objective.value(
      searchBalance(planning.start.copy(), objective, constraints, planning.clock, options),
    );
  } else {
    const answers: (Emptying | null)[] = [];
    consolidateFleet(fresh(), [], (own, candidates, constraintsFor) => {
      answers.push(exact.consolidate?.(own, candidates, constraintsFor) ?? null);
      return answers[0]!;
    });
    const [answer] = answers;
    if (answer === undefined || answer === null) return null;
    best = valueOf(answer.targets, new Set(answer.off));
    found = start - (consolidateFleet(fresh(), [])?.gain ?? 0);
  }
  // The solver stops at a gap of a thousandth or when its time is up: the search may then be the better one.
  best = Math.min(best, found);
  return { ratio: found / best, gain: start - best > 1e-6 ? (start - found) / (start - best) : null };
};

/** Where only the plan is compared, migrations cost nothing and always end. */
const nothing = { value: 0, low: 0, high: 0 };
const free: MoveForecast = {
  bytes: nothing,
  seconds: nothing,
  downtimeSeconds: nothing,
  rounds: 1,
  converges: true,
  strategy: 'pre-copy',
  copiesDisks: false,
  reason: 'not forecast: only plans are compared',
};
