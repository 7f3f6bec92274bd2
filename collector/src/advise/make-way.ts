import { chooseTarget, type Fit } from './choose-target.ts';
import type { Constraints } from './constraints.ts';
import type { Planning } from './planning.ts';

const mostHosts = 24;

/**
 * Finds places for units that fit nowhere as things stand: another unit leaves a host so that one of them fits there.
 * Answers all moves needed, those in `taken` included, or null; `base` has these already counted.
 */
export const makeWay = (
  planning: Planning,
  units: readonly number[],
  constraints: Constraints,
  fit: Fit = 'spread',
  base = planning.booked,
  taken: ReadonlyMap<number, number> = new Map(),
): Map<number, number> | null => {
  const { model, clock } = planning;
  const placement = base.copy();
  const targets = new Map(taken);
  for (const u of units) {
    const direct = chooseTarget(constraints, placement, u, fit, clock);
    if (direct >= 0) {
      placement.join(u, direct);
      targets.set(u, direct);
      continue;
    }
    const found = pushOne(planning, u, constraints, placement, targets);
    if (found === null) return null;
    const { other, to, h } = found;
    placement.move(other, to);
    placement.join(u, h);
    targets.set(other, to);
    targets.set(u, h);
  }
  return targets.size > Math.max(model.policy.limits.perPlan, taken.size + 2) ? null : targets;
};

const pushOne = (
  planning: Planning,
  u: number,
  constraints: Constraints,
  placement: Planning['booked'],
  targets: ReadonlyMap<number, number>,
): { other: number; to: number; h: number } | null => {
  const { model, clock } = planning;
  if (constraints.immovable(u) !== null) return null;
  // Only hosts that the rules allow and that are short of room or of distance, not closed.
  const hosts = model.hosts
    .map((_, h) => h)
    .filter((h) => h !== placement.hostOf[u] && constraints.rulesAllow(u, h))
    .sort(
      (a, b) =>
        placement.memory[a]! / model.memoryRoom[a]! - placement.memory[b]! / model.memoryRoom[b]! || a - b,
    )
    .slice(0, mostHosts);
  for (const h of hosts) {
    const others = placement
      .unitsOn(h)
      .filter((other) => !targets.has(other) && constraints.immovable(other) === null)
      .sort((a, b) => model.bytes[a]! - model.bytes[b]! || a - b);
    for (const other of others) {
      if (!clock.take(4)) return null;
      placement.part(other, h);
      const fits = constraints.refusal(placement, u, h) === null;
      placement.join(other, h);
      if (!fits) continue;
      const to = chooseTarget(constraints, placement, other, 'spread', clock);
      if (to >= 0) return { other, to, h };
    }
  }
  return null;
};
