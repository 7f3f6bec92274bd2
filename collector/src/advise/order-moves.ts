import type { Constraints } from './constraints.ts';
import { NET, WIDTH } from './demand.ts';
import { chooseTarget } from './choose-target.ts';
import type { Placement } from './placement.ts';
import type { Targets } from './planning.ts';
import { type RefusalCode, refusalTexts } from './refusal.ts';
import type { SearchClock } from './search-clock.ts';

/** One VM's way, in its wave. */
export type OrderedMove = {
  readonly vm: number;
  readonly unit: number;
  readonly from: number;
  readonly to: number;
  readonly wave: number;
  readonly temporary: boolean;
};

export type Order = {
  readonly moves: readonly OrderedMove[];
  readonly waves: number;
  /** Units that could not be brought to their target, and why. */
  readonly stuck: readonly { readonly unit: number; readonly reason: string }[];
};

type Leg = { unit: number; to: number; temporary: boolean };
type UnderWay = { unit: number; from: number; to: number; temporary: boolean; left: number[] };

/**
 * Puts moves into waves. Within a wave all moves run at once: each counts on both hosts until the wave ends. A wave
 * takes what fits its limits; where nothing fits any more the moves wait for each other in a circle, which is broken
 * by letting one unit wait on a third host.
 */
export const orderMoves = (
  start: Placement,
  targets: Targets,
  constraints: Constraints,
  clock: SearchClock,
  firstWave = 0,
): Order => {
  const { model } = start;
  const { limits } = model.policy;
  const slots = Math.min(limits.perHost, limits.perLink);
  const placement = start.copy();
  const moves: OrderedMove[] = [];
  const stuck: { unit: number; reason: string }[] = [];
  const detoured = new Set<number>();
  let waiting: Leg[] = [...targets].map(([unit, to]) => ({ unit, to, temporary: false }));
  let underWay: UnderWay[] = [];
  let wave = firstWave;
  while (waiting.length > 0 || underWay.length > 0) {
    const busy = new Map<number, number>();
    let total = 0;
    const free = (h: number) => slots - (busy.get(h) ?? 0);
    const startVms = (way: UnderWay): void => {
      while (way.left.length > 0 && free(way.from) > 0 && free(way.to) > 0 && total < limits.total) {
        const vm = way.left.shift()!;
        busy.set(way.from, (busy.get(way.from) ?? 0) + 1);
        busy.set(way.to, (busy.get(way.to) ?? 0) + 1);
        total += 1;
        moves.push({ vm, unit: way.unit, from: way.from, to: way.to, wave, temporary: way.temporary });
      }
    };
    for (const way of underWay) startVms(way);
    const reasons = new Map<number, RefusalCode | 'link-busy'>();
    const moving = new Set(underWay.map((way) => way.unit));
    const rest: Leg[] = [];
    for (const leg of waiting) {
      const from = placement.hostOf[leg.unit]!;
      if (moving.has(leg.unit) || total >= limits.total || free(from) <= 0 || free(leg.to) <= 0) {
        rest.push(leg);
        continue;
      }
      const refusal =
        linkIsBusy(placement, from) || linkIsBusy(placement, leg.to)
          ? 'link-busy'
          : constraints.refusal(placement, leg.unit, leg.to);
      if (refusal !== null) {
        reasons.set(leg.unit, refusal);
        rest.push(leg);
        continue;
      }
      placement.join(leg.unit, leg.to);
      const way = {
        unit: leg.unit,
        from,
        to: leg.to,
        temporary: leg.temporary,
        left: [...model.membersOf(leg.unit)],
      };
      startVms(way);
      underWay.push(way);
      moving.add(leg.unit);
    }
    waiting = rest;
    if (total === 0) {
      const detour = findDetour(placement, waiting, constraints, detoured, clock);
      if (detour === null) {
        for (const leg of waiting) stuck.push({ unit: leg.unit, reason: whyStuck(reasons.get(leg.unit)) });
        break;
      }
      detoured.add(detour.unit);
      waiting.unshift(detour);
      continue;
    }
    for (const way of underWay) {
      if (way.left.length > 0) continue;
      placement.part(way.unit, way.from);
      placement.settle(way.unit, way.to);
    }
    underWay = underWay.filter((way) => way.left.length > 0);
    wave += 1;
  }
  return { moves, waves: wave, stuck };
};

const linkIsBusy = (placement: Placement, h: number): boolean => {
  const { model } = placement;
  const room = model.capacity[h * WIDTH + NET]!;
  return !Number.isNaN(room) && placement.now[h * WIDTH + NET]! > model.policy.limits.linkBusy * room;
};

/** A unit that stands where another must go, and a third host where it can wait. */
const findDetour = (
  placement: Placement,
  waiting: readonly Leg[],
  constraints: Constraints,
  detoured: ReadonlySet<number>,
  clock: SearchClock,
): Leg | null => {
  const wanted = new Set(waiting.map((leg) => leg.to));
  const inTheWay = waiting
    .filter((leg) => wanted.has(placement.hostOf[leg.unit]!) && !detoured.has(leg.unit))
    .sort((a, b) => placement.model.bytes[a.unit]! - placement.model.bytes[b.unit]! || a.unit - b.unit);
  for (const leg of inTheWay) {
    if (linkIsBusy(placement, placement.hostOf[leg.unit]!)) continue;
    const third = placement.model.hosts
      .map((_, h) => h)
      .filter((h) => h !== leg.to && !linkIsBusy(placement, h));
    const to = chooseTarget(constraints, placement, leg.unit, 'spread', clock, third);
    if (to >= 0) return { unit: leg.unit, to, temporary: true };
  }
  return null;
};

const whyStuck = (reason: RefusalCode | 'link-busy' | undefined): string => {
  if (reason === 'link-busy') return 'the NIC of its host or of the target is busier than the policy allows';
  if (reason === undefined) return 'it waits for moves that cannot be made';
  return `${refusalTexts[reason]}, and no third host can take a VM for a while to make way`;
};
