import type { Finding } from '../fleet/finding.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import { fleetSubject, percent } from '../judge/describe.ts';
import { searchBalance, smallFleet } from './balance-search.ts';
import { unitName } from './choose-target.ts';
import type { Constraints } from './constraints.ts';
import { book, makeRecommendation } from './make-recommendation.ts';
import { BalanceObjective } from './objective.ts';
import type { Planning, Targets } from './planning.ts';
import { previousTargets } from './previous-targets.ts';
import { bytesText, listText, plural } from './wording.ts';

const attempts = 4;

export type ExactBalance = (
  planning: Planning,
  objective: BalanceObjective,
  constraints: Constraints,
) => Targets | null;

/** Evens out load and classes over the hosts that are on, with few bytes moved; nothing for less than the least gain. */
export const balanceFleet = (
  planning: Planning,
  findings: readonly Finding[],
  exact?: ExactBalance,
): Recommendation | null => {
  const { model, booked } = planning;
  const { policy } = model;
  const objective = new BalanceObjective(booked);
  const refuse = (reason: string) =>
    planning.refused.push({ kind: 'balance', subject: fleetSubject(model.snapshot.fleet), reason });
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const constraints = planning.constraints({ leaving: planning.plannedHosts });
    const kept = attempt === 0 ? previousTargets(planning, 'balance', constraints, () => true) : null;
    const targets =
      kept !== null && gainOf(planning, objective, kept).gain >= policy.minimumGain
        ? kept
        : (exact?.(planning, objective, constraints) ?? searchTargets(planning, objective, constraints));
    if (targets.size === 0) {
      refuse('The fleet is out of balance, but no move that the rules and limits allow would help.');
      return null;
    }
    const { gain, before, after, bytes } = gainOf(planning, objective, targets);
    if (gain < policy.minimumGain) {
      refuse(
        `The best moves found would lower the spread of load by ${(gain * 100).toFixed(1)} points only, less than the ${(policy.minimumGain * 100).toFixed(1)} that moving must gain.`,
      );
      return null;
    }
    const names = listText([...targets.keys()].map((u) => unitName(model, u)));
    const made = makeRecommendation(
      planning,
      {
        kind: 'balance',
        priority: 4,
        targets,
        power: [],
        findings,
        gain,
        reason: `Load differs by ${percent(before)} between the hosts concerned; moving ${plural(targets.size, 'VM')} (${names}) brings that to ${percent(after)}.`,
        ifIgnored: `The fullest hosts stay the first to become hot spots while others have room.`,
        alternatives: [
          {
            description: 'Leave everything where it is.',
            lost: `The spread of load would stay at ${percent(before)} instead of ${percent(after)}.`,
          },
          {
            description: 'Move more VMs for an even finer balance.',
            lost: `Each further move would gain less than its bytes are worth (${bytesText(bytes)} are copied so far).`,
          },
        ],
      },
      constraints,
    );
    if ('recommendation' in made) {
      book(planning, made.recommendation, made.targets);
      return made.recommendation;
    }
    if (!made.again) {
      refuse(`The fleet is out of balance, but ${made.failure}.`);
      return null;
    }
  }
  return null;
};

/** How many of the fullest and of the emptiest hosts of a large fleet are evened out by one plan. */
const widths = [8, 3, 1];

/**
 * Few moves spread over many hosts gain nothing that anyone would notice: in a large fleet fewer and fewer hosts are
 * looked at until what one plan may move evens these out.
 */
const searchTargets = (
  planning: Planning,
  objective: BalanceObjective,
  constraints: Constraints,
): Map<number, number> => {
  const { model, booked, clock, options } = planning;
  const { limits, minimumGain } = model.policy;
  const search = (width: number) =>
    movedUnits(
      planning,
      searchBalance(booked.copy(), objective, constraints, clock, {
        seed: options.seed,
        mostMoves: limits.perPlan,
        width,
      }).hostOf,
    );
  let targets = search(widths[0]!);
  if (objective.members.length <= smallFleet) return targets;
  for (const width of widths.slice(1)) {
    if (gainOf(planning, objective, targets).gain >= minimumGain) break;
    targets = search(width);
  }
  return targets;
};

/** All units that are not at home, those that relieve the fullest hosts first; detours need room in the plan too. */
const movedUnits = (planning: Planning, hostOf: Int32Array): Map<number, number> => {
  const { model } = planning;
  const targets = new Map<number, number>();
  let vms = 0;
  for (let u = 0; u < model.unitCount; u += 1) {
    if (hostOf[u] === model.home[u]) continue;
    vms += model.membersOf(u).length;
    if (vms > model.policy.limits.perPlan) break;
    targets.set(u, hostOf[u]!);
  }
  return targets;
};

const gainOf = (planning: Planning, objective: BalanceObjective, targets: Targets) => {
  const { model, booked } = planning;
  const placement = booked.copy();
  const touched = new Set<number>();
  let bytes = 0;
  for (const [u, to] of targets) {
    touched.add(placement.hostOf[u]!);
    touched.add(to);
    bytes += model.bytes[u]!;
    placement.move(u, to);
  }
  const before = objective.spread(booked, touched);
  const after = objective.spread(placement, touched);
  return { gain: before - after, before, after, bytes };
};
