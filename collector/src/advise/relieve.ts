import type { Finding } from '../fleet/finding.ts';
import { dimensions } from '../fleet/load.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import { dimensionNames, hostSubject, percent } from '../judge/describe.ts';
import { chooseSafest, chooseTarget, hasTarget, unitName, whyNowhere } from './choose-target.ts';
import type { Constraints } from './constraints.ts';
import { WIDTH } from './demand.ts';
import { makeWay } from './make-way.ts';
import { book, makeRecommendation } from './make-recommendation.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Placement } from './placement.ts';
import type { Planning, Proposal, Targets } from './planning.ts';
import { moveCost } from './objective.ts';
import { previousTargets } from './previous-targets.ts';
import { type ReliefCandidate, reliefSets } from './relief-sets.ts';
import { wakingOrder, wattsPerCore } from './waking-order.ts';
import { bytesText, limitText, listText, loadText, plural, worstLoad } from './wording.ts';

const attempts = 6;
/** Relief that stays short of the limit is still worth offering when it takes off at least this share of what is too much. */
const worthwhile = 0.3;

type Relief = { readonly targets: Targets; readonly partial: boolean };
type Kind = 'relieve' | 'class-change';

/** Brings one host under its limits with the least that has to be moved; switches another host on when it must. */
export const relieveHost = (
  planning: Planning,
  h: number,
  findings: readonly Finding[],
  kind: Kind = 'relieve',
): Recommendation | null => {
  const { model } = planning;
  const host = model.hosts[h]!;
  if (model.untouchable[h] === 1) {
    refuse(planning, h, kind, `There is no trustworthy data of ${host.name}.`);
    return null;
  }
  const excess = excessOf(planning.booked, h);
  if (excess.every((value) => value <= 1e-12)) return null;
  let failure = '';
  // Undisturbed first: a VM that moved lately moves again only when nothing else helps.
  for (const disturbResting of [false, true]) {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const constraints = planning.constraints({ disturbResting, leaving: new Set([h]) });
      const relief =
        (attempt === 0 ? keptRelief(planning, h, excess, kind, constraints) : null) ??
        findRelief(planning, h, excess, constraints);
      if (relief === null) break;
      const made = makeRecommendation(
        planning,
        proposeRelief(planning, h, findings, kind, relief),
        constraints,
      );
      if ('recommendation' in made) {
        book(planning, made.recommendation, made.targets);
        return made.recommendation;
      }
      failure = made.failure;
      if (!made.again) break;
    }
  }
  const woken = kind === 'relieve' ? switchOnFor(planning, h, excess, findings) : null;
  if (woken !== null) return woken;
  const partly = offerPartly(planning, h, excess, findings, kind);
  if (partly !== null) return partly;
  refuse(planning, h, kind, whyNoRelief(planning, h, failure));
  return null;
};

const refuse = (planning: Planning, h: number, kind: Kind, reason: string): void => {
  planning.refused.push({ kind, subject: hostSubject(planning.model.hosts[h]!), reason });
};

/**
 * What is too much on a host, in shares of its capacity: measured load must come under loadMax less the margin,
 * forecast load under loadMax. Where VMs wait for CPU time, as much CPU work must go as keeps them waiting.
 */
export const excessOf = (placement: Placement, h: number): Float64Array => {
  const { model } = placement;
  const { policy } = model;
  const excess = new Float64Array(2 * WIDTH);
  for (let d = 0; d < WIDTH; d += 1) {
    const i = h * WIDTH + d;
    const capacity = model.capacity[i]!;
    if (Number.isNaN(capacity)) continue;
    const hard = policy.loadMax[dimensions[d]!];
    const now = placement.now[i]! / capacity;
    const later = placement.later[i]! / capacity;
    // Only what is over loadMax is a hot spot; then the margin is restored as well.
    if (now > hard) excess[d] = now - model.limit[i]! / capacity;
    if (later > hard) excess[WIDTH + d] = later - hard;
  }
  const pressure = model.hosts[h]!.pressure;
  if (pressure !== null && pressure > policy.pressureMax) {
    const now = placement.now[h * WIDTH]! / model.capacity[h * WIDTH]!;
    const waiting = now * (1 - (1 - Math.min(pressure, 0.9)) / (1 - policy.pressureMax));
    excess[0] = Math.max(excess[0]!, waiting);
  }
  return excess;
};

const candidatesOn = (
  planning: Planning,
  h: number,
  constraints: Constraints,
  placement: Placement,
): ReliefCandidate[] => {
  const { model } = planning;
  return placement
    .unitsOn(h)
    .filter((u) => constraints.immovable(u) === null)
    .map((u) => {
      const relief = new Float64Array(2 * WIDTH);
      const later = model.later(u);
      for (let d = 0; d < WIDTH; d += 1) {
        const capacity = model.capacity[h * WIDTH + d]!;
        if (Number.isNaN(capacity)) continue;
        relief[d] = model.now[u * WIDTH + d]! / capacity;
        relief[WIDTH + d] = (h === model.home[u] ? later.leave[d]! : later.join[d]!) / capacity;
      }
      return { unit: u, cost: moveCost(model, u), relief };
    });
};

const findRelief = (
  planning: Planning,
  h: number,
  excess: Float64Array,
  constraints: Constraints,
): Relief | null => {
  const { booked, clock } = planning;
  const candidates = candidatesOn(planning, h, constraints, booked);
  const sets = reliefSets(
    candidates.filter((one) => hasTarget(constraints, booked, one.unit, clock)),
    excess,
  );
  for (const set of sets) {
    const targets = assign(planning, set, constraints);
    if (targets !== null) return { targets, partial: false };
  }
  // Nothing fits as things stand: let a third VM make way for one that would help.
  for (const set of reliefSets(candidates, excess).slice(0, 12)) {
    if (set.length > 2) continue;
    const targets = makeWay(
      planning,
      set.map((one) => one.unit),
      constraints,
    );
    if (targets !== null) return { targets, partial: false };
  }
  return null;
};

/** What was recommended for this host before, while it still relieves it. */
const keptRelief = (
  planning: Planning,
  h: number,
  excess: Float64Array,
  kind: Kind,
  constraints: Constraints,
): Relief | null => {
  const { name } = planning.model.hosts[h]!;
  const targets = previousTargets(planning, kind, constraints, (one) =>
    one.moves.some((move) => move.from === name),
  );
  if (targets === null) return null;
  const relief = new Float64Array(excess.length);
  for (const one of candidatesOn(planning, h, constraints, planning.booked))
    if (targets.has(one.unit)) one.relief.forEach((value, m) => (relief[m]! += value));
  return excess.every((value, m) => relief[m]! >= value - 1e-12) ? { targets, partial: false } : null;
};

/** The largest first, each to the host that keeps the most room. */
const assign = (
  planning: Planning,
  set: readonly ReliefCandidate[],
  constraints: Constraints,
): Map<number, number> | null => {
  const { model, clock } = planning;
  const placement = set.length === 1 ? planning.booked : planning.booked.copy();
  const targets = new Map<number, number>();
  const sorted = [...set].sort((a, b) => model.memory[b.unit]! - model.memory[a.unit]! || a.unit - b.unit);
  for (const { unit } of sorted) {
    const to = chooseSafest(constraints, placement, unit, 'spread', clock);
    if (to < 0) return null;
    targets.set(unit, to);
    if (set.length > 1) placement.join(unit, to);
  }
  return targets;
};

const proposeRelief = (
  planning: Planning,
  h: number,
  findings: readonly Finding[],
  kind: Kind,
  { targets, partial }: Relief,
): Proposal => {
  const { model, start } = planning;
  const host = model.hosts[h]!;
  const after = start.copy();
  for (const [u, to] of targets) after.move(u, to);
  const now = worstLoad(start, h, 'now');
  const later = worstLoad(start, h, 'later');
  const when = now.ratio > 1 || later.ratio <= now.ratio ? 'now' : 'later';
  const worst = when === 'now' ? now : later;
  const values = when === 'now' ? after.now : after.later;
  const name = dimensionNames[dimensions[worst.d]!];
  const capacity = model.capacity[h * WIDTH + worst.d]!;
  const reached = percent(Math.max(0, values[h * WIDTH + worst.d]!) / capacity);
  const movers = listText([...targets.keys()].map((u) => unitName(model, u)));
  const goals = listText([...new Set(targets.values())].map((to) => model.hosts[to]!.name));
  const pressed = host.pressure !== null && host.pressure > model.policy.pressureMax;
  const trouble =
    worst.ratio <= 1 && pressed
      ? `VMs on ${host.name} wait ${percent(host.pressure ?? 0)} of their time for CPU`
      : when === 'now'
        ? `${host.name} is at ${percent(worst.share)} ${name}, over ${limitText(model, worst.d)}`
        : `${host.name} is forecast to reach ${percent(worst.share)} ${name} within ${model.policy.horizonMinutes} min, over ${limitText(model, worst.d)}`;
  const change = classChangesOn(model, h);
  const because = kind === 'class-change' && change !== '' ? `${change}, and then ${trouble}` : trouble;
  const outcome = partial
    ? `brings it to ${reached}, still too much, and nothing better can be done`
    : `brings it to ${reached}`;
  return {
    kind,
    priority: priorityOf(findings, kind, worst.share >= 1),
    targets,
    power: [],
    findings,
    gain: Math.max(0, worst.share - values[h * WIDTH + worst.d]! / capacity),
    reason: `${because}; moving ${movers} to ${goals} ${outcome}.`,
    ifIgnored: ifIgnored(planning, h, when, name),
    alternatives: alternativesTo(planning, h, targets),
  };
};

const classChangesOn = (model: FleetModel, h: number): string => {
  const changes = model.judgement.classChanges.filter(
    (change) => change.announced && change.host === model.hosts[h]!.name,
  );
  return listText(
    changes.map(
      (change) =>
        `VM ${change.vm} is about to turn from ${change.from} to ${change.to} (${percent(change.probability)})`,
    ),
    2,
  );
};

const priorityOf = (findings: readonly Finding[], kind: Kind, full: boolean): Recommendation['priority'] => {
  if (kind === 'class-change') return 3;
  if (full || findings.some((finding) => finding.severity === 'critical' || finding.kind === 'abrupt-load'))
    return 1;
  return findings.some((finding) => finding.kind === 'hotspot') ? 2 : 3;
};

const ifIgnored = (planning: Planning, h: number, when: 'now' | 'later', name: string): string => {
  const { model, start } = planning;
  const host = model.hosts[h]!;
  const vms = plural(start.units[h]!, 'VM');
  const later = loadText(start, h, 'later');
  return when === 'now'
    ? `${host.name} stays over its limit (${model.policy.horizonMinutes} min ahead: ${later}); the ${vms} on it go on competing for ${name}.`
    : `${host.name} becomes a hot spot within ${model.policy.horizonMinutes} min (${later}), and the ${vms} on it compete for ${name}.`;
};

/** What else was looked at, and why it lost. */
const alternativesTo = (planning: Planning, h: number, targets: Targets): Proposal['alternatives'] => {
  const { model, booked } = planning;
  const constraints = planning.constraints({ disturbResting: true });
  const alternatives: { description: string; lost: string }[] = [];
  const [first] = targets;
  if (first !== undefined) {
    const [u, to] = first;
    const others = model.hosts.map((_, i) => i).filter((i) => i !== to && i !== h);
    const second = chooseTarget(constraints, booked, u, 'spread', planning.clock, others);
    if (second >= 0)
      alternatives.push({
        description: `Move ${unitName(model, u)} to ${model.hosts[second]!.name}.`,
        lost: `${model.hosts[second]!.name} (${loadText(booked, second, 'later')} ahead) would keep less room than ${model.hosts[to]!.name} (${loadText(booked, to, 'later')}).`,
      });
    else
      alternatives.push({
        description: `Move ${unitName(model, u)} to a host other than ${model.hosts[to]!.name}.`,
        lost: `Apart from ${model.hosts[to]!.name}, ${whyOthersRefuse(planning, constraints, u, to)}.`,
      });
  }
  const stays = booked
    .unitsOn(h)
    .filter((u) => !targets.has(u))
    .sort((a, b) => model.now[b * WIDTH]! - model.now[a * WIDTH]! || a - b)[0];
  if (stays !== undefined) {
    const cost = moveCost(model, stays);
    const chosen = [...targets.keys()].reduce((sum, u) => sum + moveCost(model, u), 0);
    const fixed = constraints.immovable(stays);
    const bytes = bytesText(model.bytes[stays]!);
    alternatives.push({
      description: `Move ${unitName(model, stays)}, the busiest VM that stays.`,
      lost:
        fixed !== null
          ? `It may not move: ${whyNowhere(constraints, booked, stays)}.`
          : cost >= chosen
            ? `It costs more: ${bytes} to copy.`
            : `It alone does not bring ${model.hosts[h]!.name} under its limit, or no host can take it.`,
    });
  }
  return alternatives;
};

const whyOthersRefuse = (planning: Planning, constraints: Constraints, u: number, chosen: number): string => {
  const others = planning.model.hosts.length - 2;
  if (others <= 0) return 'there is no other host';
  const taken = planning.booked.copy();
  taken.join(u, chosen);
  return whyNowhere(constraints, taken, u);
};

/** No host that is on can help: which one to switch on, and what to move there. */
const switchOnFor = (
  planning: Planning,
  h: number,
  excess: Float64Array,
  findings: readonly Finding[],
): Recommendation | null => {
  const { model } = planning;
  const off = model.hosts
    .map((_, i) => i)
    .filter(
      (i) =>
        model.noTarget[i] === 'host-off' && model.hosts[i]!.power === 'off' && !planning.plannedHosts.has(i),
    )
    .sort((a, b) => wakingOrder(model, a, b));
  for (const wake of off.slice(0, 8)) {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const constraints = planning.constraints({
        disturbResting: true,
        switchedOn: new Set([wake]),
        leaving: new Set([h]),
      });
      const relief = findRelief(planning, h, excess, constraints);
      if (relief === null || ![...relief.targets.values()].includes(wake)) break;
      const plain = proposeRelief(planning, h, findings, 'relieve', relief);
      const name = model.hosts[wake]!.name;
      const boot = model.hosts[wake]!.energy?.bootSeconds;
      const made = makeRecommendation(
        planning,
        {
          ...plain,
          kind: 'deconsolidate',
          power: [{ host: name, action: 'switch-on' }],
          reason: `No set of moves among the hosts that are on relieves ${model.hosts[h]!.name}, so ${name} must be switched on${boot === undefined ? '' : ` (${boot} s)`}: ${plain.reason}`,
          alternatives: [
            ...off
              .filter((other) => other !== wake)
              .slice(0, 2)
              .map((other) => ({
                description: `Switch on ${model.hosts[other]!.name} instead.`,
                lost: `${name} ${whyWake(model, wake, other)}.`,
              })),
            ...plain.alternatives,
          ],
        },
        constraints,
      );
      if ('recommendation' in made) {
        book(planning, made.recommendation, made.targets);
        return made.recommendation;
      }
      if (!made.again) break;
    }
  }
  return null;
};

const whyWake = (model: FleetModel, chosen: number, other: number): string => {
  if (model.hosts[chosen]!.priority !== model.hosts[other]!.priority) return 'has the higher priority';
  if (wattsPerCore(model, chosen) < wattsPerCore(model, other)) return 'does more per watt';
  return model.capacity[chosen * WIDTH]! > model.capacity[other * WIDTH]!
    ? 'is larger'
    : 'comes first by order';
};

/** The best that can be done where it is not enough. */
const offerPartly = (
  planning: Planning,
  h: number,
  excess: Float64Array,
  findings: readonly Finding[],
  kind: Kind,
): Recommendation | null => {
  const { model, clock } = planning;
  const constraints = planning.constraints({ leaving: new Set([h]), disturbResting: kind === 'relieve' });
  const placement = planning.booked.copy();
  const targets = new Map<number, number>();
  const open = excess.slice();
  const candidates = candidatesOn(planning, h, constraints, placement);
  const worth = (one: ReliefCandidate) =>
    open.reduce((sum, value, m) => sum + (value > 0 ? Math.min(one.relief[m]!, value) / value : 0), 0);
  const left = new Set(candidates);
  while (targets.size < model.policy.limits.perPlan && left.size > 0) {
    const [best] = [...left].sort((a, b) => worth(b) / b.cost - worth(a) / a.cost || a.unit - b.unit);
    left.delete(best!);
    if (worth(best!) <= 0) continue;
    const to = chooseTarget(constraints, placement, best!.unit, 'spread', clock);
    if (to < 0) continue;
    placement.join(best!.unit, to);
    targets.set(best!.unit, to);
    open.forEach((value, m) => (open[m] = Math.max(0, value - best!.relief[m]!)));
  }
  const before = excess.reduce((a, b) => a + b, 0);
  const after = open.reduce((a, b) => a + b, 0);
  if (targets.size === 0 || before - after < worthwhile * before) return null;
  const made = makeRecommendation(
    planning,
    proposeRelief(planning, h, findings, kind, { targets, partial: true }),
    constraints,
  );
  if (!('recommendation' in made)) return null;
  book(planning, made.recommendation, made.targets);
  return made.recommendation;
};

const whyNoRelief = (planning: Planning, h: number, failure: string): string => {
  const { model, booked } = planning;
  const name = model.hosts[h]!.name;
  if (failure !== '') return `${name} cannot be relieved: ${failure}.`;
  const constraints = planning.constraints({ disturbResting: true, leaving: new Set([h]) });
  const busiest = booked.unitsOn(h).sort((a, b) => model.now[b * WIDTH]! - model.now[a * WIDTH]! || a - b);
  if (busiest.length === 0) return `${name} cannot be relieved: its load does not come from VMs.`;
  const movable = busiest.find((u) => constraints.immovable(u) === null) ?? busiest[0]!;
  return `${name} cannot be relieved by moving VMs: of VM ${unitName(model, movable)}, ${whyNowhere(constraints, booked, movable)}; and no host that is off would help.`;
};
