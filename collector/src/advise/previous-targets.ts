import type { Recommendation, RecommendationKind } from '../fleet/recommendation.ts';
import type { Constraints } from './constraints.ts';
import type { Planning, Targets } from './planning.ts';

/**
 * The targets of a plan that was recommended before, when it could still be carried out as it was: a plan that still
 * serves is not replaced by one that is as good, or the admin would read a new one at every tick.
 */
export const previousTargets = (
  planning: Planning,
  kind: RecommendationKind,
  constraints: Constraints,
  concerns: (previous: Recommendation) => boolean,
): Targets | null => {
  const { model } = planning;
  const previous = planning.previous.find(
    (one) => one.kind === kind && one.expiresAt >= model.snapshot.at && one.moves.length > 0 && concerns(one),
  );
  if (previous === undefined) return null;
  const targets = new Map<number, number>();
  const placement = planning.booked.copy();
  const temporary = new Set(previous.moves.flatMap((move) => (move.temporary === true ? [move.uuid] : [])));
  if (temporary.size > 0) return null;
  for (const move of previous.moves) {
    const v = model.vmIndex.get(move.uuid);
    const to = model.hostIndex.get(move.to);
    if (v === undefined || to === undefined || model.vms[v]!.host !== move.from) return null;
    const u = model.unitOf[v]!;
    if (targets.has(u)) continue;
    targets.set(u, to);
  }
  for (const [u, to] of targets) {
    if (constraints.refusal(placement, u, to) !== null) return null;
    placement.move(u, to);
  }
  return targets;
};
