import type { Constraints } from './constraints.ts';
import { WIDTH } from './demand.ts';
import type { BalanceObjective } from './objective.ts';
import type { Placement } from './placement.ts';
import type { SearchClock } from './search-clock.ts';
import { seededRandom } from './seeded-random.ts';

/** Fleets this small are searched whole, and from several starts. */
export const smallFleet = 16;
const restarts = 12;
const leastGain = 1e-9;

/**
 * Steepest descent: always the single move that helps most, then swaps where no single one helps. Small fleets are
 * shaken a few times (seeded) and descended again, the best is kept. Changes `placement`.
 */
export const searchBalance = (
  placement: Placement,
  objective: BalanceObjective,
  constraints: Constraints,
  clock: SearchClock,
  options: { readonly seed: number; readonly mostMoves: number; readonly width?: number },
): Placement => {
  const small = objective.members.length <= smallFleet;
  const near = small
    ? { sources: objective.members, targets: objective.members }
    : extremes(placement, objective, options.width ?? smallFleet);
  descend(placement, objective, constraints, clock, options.mostMoves, near);
  if (!small) return placement;
  const random = seededRandom(options.seed);
  let best = placement;
  let bestValue = objective.value(best);
  for (let round = 0; round < restarts; round += 1) {
    if (!clock.take()) break;
    const trial = best.copy();
    if (!shake(trial, objective, constraints, random, options.mostMoves)) continue;
    descend(trial, objective, constraints, clock, options.mostMoves, near);
    const value = objective.value(trial);
    if (value < bestValue - leastGain) {
      best = trial;
      bestValue = value;
    }
  }
  return best;
};

const movedCount = (placement: Placement): number => {
  let count = 0;
  const { home } = placement.model;
  for (let u = 0; u < home.length; u += 1) if (placement.hostOf[u] !== home[u]) count += 1;
  return count;
};

const descend = (
  placement: Placement,
  objective: BalanceObjective,
  constraints: Constraints,
  clock: SearchClock,
  mostMoves: number,
  { sources, targets }: Neighbourhood,
): void => {
  let moved = movedCount(placement);
  const allowed = (u: number, to: number) =>
    moved < mostMoves || placement.hostOf[u] !== placement.model.home[u] || to === placement.model.home[u];
  for (;;) {
    let bestDelta = -leastGain;
    let bestUnit = -1;
    let bestTo = -1;
    for (const from of sources) {
      for (const u of placement.unitsOn(from)) {
        if (constraints.immovable(u) !== null) continue;
        if (!clock.take(targets.length)) return;
        for (const to of targets) {
          if (to === from || !allowed(u, to)) continue;
          const delta = objective.delta(placement, u, to);
          if (delta >= bestDelta || !mayGo(constraints, placement, u, to)) continue;
          bestDelta = delta;
          bestUnit = u;
          bestTo = to;
        }
      }
    }
    if (bestUnit >= 0) {
      placement.move(bestUnit, bestTo);
      moved = movedCountAfter(moved, placement, bestUnit, bestTo);
      continue;
    }
    if (moved + 2 > mostMoves || !swapBest(placement, objective, constraints, clock, { sources, targets }))
      return;
    moved = movedCount(placement);
  }
};

const movedCountAfter = (moved: number, placement: Placement, u: number, to: number): number =>
  placement.model.home[u] === to ? moved - 1 : Math.max(moved, movedCount(placement));

/** Going home needs no room as long as nobody else came there meanwhile. */
const mayGo = (constraints: Constraints, placement: Placement, u: number, to: number): boolean => {
  const code = constraints.refusal(placement, u, to);
  if (code === null) return true;
  if (to !== placement.model.home[u] || placement.hasGuests(to)) return false;
  return code !== 'anti-affinity' && code !== 'zone-spread' && constraints.immovable(u) === null;
};

type Neighbourhood = { readonly sources: readonly number[]; readonly targets: readonly number[] };

/** The fullest and the emptiest hosts: in large fleets no others are worth looking at. */
const extremes = (placement: Placement, objective: BalanceObjective, width: number): Neighbourhood => {
  const level = (h: number) => {
    let sum = 0;
    for (let d = 0; d < WIDTH; d += 1) {
      const weight = objective.weight[h * WIDTH + d]!;
      if (weight > 0)
        sum += (weight / Math.max(objective.share[h]!, 1e-12)) * objective.level(placement, h, d);
    }
    return sum;
  };
  const sorted = objective.members.map((h) => ({ h, at: level(h) })).sort((a, b) => b.at - a.at || a.h - b.h);
  return {
    sources: sorted.slice(0, width).map(({ h }) => h),
    targets: sorted.slice(-width).map(({ h }) => h),
  };
};

/** Exchanges the two units that help most; false when no exchange helps. */
const swapBest = (
  placement: Placement,
  objective: BalanceObjective,
  constraints: Constraints,
  clock: SearchClock,
  { sources, targets }: Neighbourhood,
): boolean => {
  const whole = sources === targets;
  let best = { delta: -leastGain, a: -1, b: -1 };
  for (const from of sources) {
    for (const to of targets) {
      if (from === to || (whole && from > to)) continue;
      const there = placement.unitsOn(to).filter((u) => constraints.immovable(u) === null);
      for (const a of placement.unitsOn(from)) {
        if (constraints.immovable(a) !== null || constraints.closed(to) !== null) continue;
        const firstDelta = objective.delta(placement, a, to);
        if (!clock.take(there.length)) return false;
        placement.move(a, to);
        for (const b of there) {
          const delta = firstDelta + objective.delta(placement, b, from);
          if (delta >= best.delta) continue;
          placement.move(b, from);
          // Both ends must be within all limits once the exchange is made.
          if (holds(placement, constraints, a, to, from) && holds(placement, constraints, b, from, to))
            best = { delta, a, b };
          placement.move(b, to);
        }
        placement.move(a, from);
      }
    }
  }
  if (best.a < 0) return false;
  const from = placement.hostOf[best.a]!;
  placement.move(best.a, placement.hostOf[best.b]!);
  placement.move(best.b, from);
  return true;
};

/** Whether a unit that is on `h` could have come there from `from`. */
const holds = (
  placement: Placement,
  constraints: Constraints,
  u: number,
  h: number,
  from: number,
): boolean => {
  placement.move(u, from);
  const free = mayGo(constraints, placement, u, h);
  placement.move(u, h);
  return free;
};

/** A few random moves that the rules allow, to leave a local optimum. */
const shake = (
  placement: Placement,
  objective: BalanceObjective,
  constraints: Constraints,
  random: () => number,
  mostMoves: number,
): boolean => {
  const { members } = objective;
  const { unitCount } = placement.model;
  if (unitCount === 0 || members.length < 2) return false;
  let made = 0;
  for (let tries = 0; tries < 12 && made < 3 && movedCount(placement) < mostMoves; tries += 1) {
    const u = Math.floor(random() * unitCount);
    const to = members[Math.floor(random() * members.length)]!;
    if (objective.isMember[placement.hostOf[u]!] === 0) continue;
    if (constraints.immovable(u) !== null || constraints.refusal(placement, u, to) !== null) continue;
    placement.move(u, to);
    made += 1;
  }
  return made > 0;
};
