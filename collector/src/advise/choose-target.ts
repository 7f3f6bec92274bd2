import type { Constraints } from './constraints.ts';
import { WIDTH } from './demand.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Placement } from './placement.ts';
import { type RefusalCode, refusalTexts } from './refusal.ts';
import type { SearchClock } from './search-clock.ts';
import { safest, takesBursts } from './surge.ts';

/** How full `h` would be with the unit: the fullest dimension, now or at the horizon, relative to its limit. */
export const fullnessWith = (placement: Placement, u: number, h: number): number => {
  const { model } = placement;
  const horizon = model.later(u);
  const later = h === model.home[u] ? horizon.leave : horizon.join;
  let worst = (placement.memory[h]! + model.memory[u]!) / Math.max(model.memoryRoom[h]!, 1);
  for (let d = 0; d < WIDTH; d += 1) {
    const i = h * WIDTH + d;
    const most = model.limit[i]!;
    if (most === Infinity) continue;
    worst = Math.max(
      worst,
      (placement.now[i]! + model.now[u * WIDTH + d]!) / most,
      (placement.later[i]! + later[d]!) / most,
    );
  }
  return worst;
};

/** `spread` leaves the target the most room, `pack` fills it as tightly as the limits let it. */
export type Fit = 'spread' | 'pack';

/** The best host that may take the unit, or -1. Of equal ones the first, so that the same fleet gets the same answer. */
export const chooseTarget = (
  constraints: Constraints,
  placement: Placement,
  u: number,
  fit: Fit,
  clock: SearchClock,
  among?: readonly number[],
  /** The target must still serve all when that many of its VMs jump to all that they were given. */
  safety = 0,
): number => {
  let best = -1;
  let bestScore = Infinity;
  if (constraints.immovable(u) !== null) return -1;
  const count = among?.length ?? placement.model.hosts.length;
  for (let i = 0; i < count; i += 1) {
    const h = among?.[i] ?? i;
    if (!clock.take()) break;
    if (constraints.closed(h) !== null) continue;
    const fullness = fullnessWith(placement, u, h);
    const score = fit === 'spread' ? fullness : -fullness;
    if (score >= bestScore - 1e-12) continue;
    if (constraints.refusal(placement, u, h) !== null || !takesBursts(placement, u, h, safety)) continue;
    best = h;
    bestScore = score;
  }
  return best;
};

/** The best host among those that can take the most bursts. */
export const chooseSafest = (
  constraints: Constraints,
  placement: Placement,
  u: number,
  fit: Fit,
  clock: SearchClock,
): number => {
  for (let safety = safest; safety >= 0; safety -= 1) {
    const h = chooseTarget(constraints, placement, u, fit, clock, undefined, safety);
    if (h >= 0) return h;
  }
  return -1;
};

/** Whether any host may take the unit. */
export const hasTarget = (
  constraints: Constraints,
  placement: Placement,
  u: number,
  clock: SearchClock,
): boolean => {
  if (constraints.immovable(u) !== null) return false;
  for (let h = 0; h < placement.model.hosts.length; h += 1) {
    if (!clock.take()) return false;
    if (constraints.refusal(placement, u, h) === null) return true;
  }
  return false;
};

/** Why no host takes the unit, the most frequent reasons first, as the rest of a sentence. */
export const whyNowhere = (constraints: Constraints, placement: Placement, u: number): string => {
  const fixed = constraints.immovable(u);
  if (fixed !== null) return refusalTexts[fixed];
  const counts = new Map<RefusalCode, number>();
  let others = 0;
  placement.model.hosts.forEach((_, h) => {
    const code = constraints.refusal(placement, u, h);
    if (code === null || code === 'same-host') return;
    others += 1;
    counts.set(code, (counts.get(code) ?? 0) + 1);
  });
  if (others === 0) return 'there is no other host';
  const reasons = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const all = others === 1 ? 'the only other host' : `${others} other hosts`;
  return `of ${all} none can take it (${reasons.map(([code, count]) => `${count}: ${refusalTexts[code]}`).join('; ')})`;
};

export const unitName = (model: FleetModel, u: number): string =>
  model
    .membersOf(u)
    .map((v) => model.vms[v]!.name)
    .join(' + ');
