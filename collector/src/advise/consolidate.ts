import type { Finding } from '../fleet/finding.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import { fleetSubject, hostSubject } from '../judge/describe.ts';
import { unitName, whyNowhere } from './choose-target.ts';
import type { Constraints } from './constraints.ts';
import { emptyHosts } from './empty-hosts.ts';
import { book, makeRecommendation } from './make-recommendation.ts';
import { consolidateValue, hostOnCost, moveCost } from './objective.ts';
import { packHosts } from './packing.ts';
import type { Emptying, Planning, Targets } from './planning.ts';
import { previousTargets } from './previous-targets.ts';
import { brokenReserve } from './reserve.ts';
import { safest } from './surge.ts';
import { bytesText, listText, plural } from './wording.ts';

const attempts = 4;
/** Fleets with up to this many hosts to choose from are searched for the best set of hosts to switch off. */
const mostForAllSets = 8;

export type ExactConsolidate = (
  planning: Planning,
  candidates: readonly number[],
  constraints: (off: readonly number[]) => Constraints,
) => Emptying | null;

/** Empties hosts of an under-used fleet, the least important first, and switches them off; keeps the reserve. */
export const consolidateFleet = (
  planning: Planning,
  findings: readonly Finding[],
  exact?: ExactConsolidate,
): Recommendation | null => {
  const { model, start } = planning;
  const { policy } = model;
  const refuse = (reason: string) =>
    planning.refused.push({ kind: 'consolidate', subject: fleetSubject(model.snapshot.fleet), reason });
  if (!policy.consolidation.enabled) return null;
  const until = planning.restraint.consolidationRestsUntil();
  if (until !== null) {
    refuse(`A host was switched on lately; consolidating rests until ${new Date(until).toISOString()}.`);
    return null;
  }
  const constraintsFor = (off: readonly number[]) =>
    planning.constraints({ leaving: new Set([...off, ...planning.plannedHosts]) });
  const why = new Map<number, string>();
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const candidates = emptiable(planning, constraintsFor([]), why);
    const kept = attempt === 0 ? keptPlan(planning, constraintsFor) : null;
    const plan =
      kept ??
      exact?.(planning, candidates, constraintsFor) ??
      (candidates.length <= mostForAllSets
        ? bestSet(planning, candidates, constraintsFor, why)
        : packHosts(planning, candidates, constraintsFor([]), why));
    if (plan.off.length === 0) {
      refuse(`The fleet is under-used, but no host can be emptied: ${firstReasons(planning, why)}.`);
      return null;
    }
    const names = plan.off.map((h) => model.hosts[h]!.name);
    const bytes = [...plan.targets.keys()].reduce((sum, u) => sum + model.bytes[u]!, 0);
    const idle = plan.off.reduce((sum, h) => sum + (model.hosts[h]!.energy?.idleWatts ?? 0), 0);
    const saved = idle > 0 ? `, about ${Math.round(idle)} W` : '';
    const load = findings[0]?.evidence[0];
    const now = load === undefined ? '' : ` (average load ${(load.value * 100).toFixed(0)} %)`;
    const made = makeRecommendation(
      planning,
      {
        kind: 'consolidate',
        priority: 5,
        targets: plan.targets,
        power: names.map((host) => ({ host, action: 'switch-off' })),
        findings,
        gain: consolidateValue(start, new Set()) - valueOf(planning, plan),
        reason:
          plan.targets.size === 0
            ? `The fleet is under-used${now} and ${listText(names)} ${names.length === 1 ? 'runs' : 'run'} no VM: switch off ${listText(names)}.`
            : `The fleet is under-used${now}: ${listText(names)} can be emptied by moving ${plural(plan.targets.size, 'VM')} (${bytesText(bytes)}) and switched off, with the reserve kept.`,
        ifIgnored: `${listText(names)} ${names.length === 1 ? 'stays' : 'stay'} on for little work${saved}.`,
        alternatives: alternativesTo(planning, plan, candidates, why),
      },
      constraintsFor(plan.off),
    );
    if ('recommendation' in made) {
      book(planning, made.recommendation, made.targets);
      return made.recommendation;
    }
    if (made.again) continue;
    // What was found cannot be carried out; fewer hosts may be easier.
    for (const h of plan.off) why.set(h, made.failure);
    refuse(`The fleet is under-used, but emptying ${listText(names)} failed: ${made.failure}.`);
    return null;
  }
  return null;
};

/** Hosts that may be emptied and switched off, the first to go first. */
const emptiable = (planning: Planning, constraints: Constraints, why: Map<number, string>): number[] => {
  const { model, booked } = planning;
  const cost = new Map<number, number>();
  model.hosts.forEach((host, h) => {
    if (host.power !== 'on' || model.untouchable[h] === 1 || planning.plannedHosts.has(h)) return;
    const units = booked.unitsOn(h);
    const fixed = units.find((u) => constraints.immovable(u) !== null);
    if (fixed !== undefined) {
      why.set(
        h,
        `VM ${unitName(model, fixed)} on ${host.name} must stay: ${whyNowhere(constraints, booked, fixed)}`,
      );
      return;
    }
    const vms = units.reduce((sum, u) => sum + model.membersOf(u).length, 0);
    if (vms > model.policy.limits.perPlan) {
      why.set(h, `${host.name} runs ${vms} VMs, more than one plan may move`);
      return;
    }
    cost.set(
      h,
      units.reduce((sum, u) => sum + moveCost(model, u), 0),
    );
  });
  return [...cost.keys()].sort(
    (a, b) => model.hosts[a]!.priority - model.hosts[b]!.priority || cost.get(a)! - cost.get(b)! || a - b,
  );
};

const stayingOn = (planning: Planning, off: ReadonlySet<number>): number[] =>
  planning.model.hosts.flatMap((host, h) =>
    host.power === 'on' && !off.has(h) && planning.model.noTarget[h] === null ? [h] : [],
  );

/** Empties exactly these hosts, or says why not. */
const tryToEmpty = (
  planning: Planning,
  off: readonly number[],
  constraintsFor: (off: readonly number[]) => Constraints,
  safety = 0,
): Targets | string => {
  const { model } = planning;
  const constraints = constraintsFor(off);
  const early = cannotHold(planning, off);
  if (early !== null) return early;
  const { targets, stuck } = emptyHosts(planning, off, constraints, 'pack', planning.booked, safety);
  if (stuck.length > 0)
    return `VM ${unitName(model, stuck[0]!)}: ${whyNowhere(constraints, planning.booked, stuck[0]!)}`;
  const vms = [...targets.keys()].reduce((sum, u) => sum + model.membersOf(u).length, 0);
  if (vms > model.policy.limits.perPlan) return `it would take ${vms} moves, more than one plan may have`;
  const after = planning.booked.copy();
  for (const [u, to] of targets) after.move(u, to);
  const broken = brokenReserve(planning, after, stayingOn(planning, new Set(off)), constraints);
  return broken ?? targets;
};

/** A quick look at the sums, before the search for places. */
const cannotHold = (planning: Planning, off: readonly number[]): string | null => {
  const { model, booked } = planning;
  const staying = stayingOn(planning, new Set(off));
  const free = staying.reduce((sum, h) => sum + model.memoryRoom[h]! - booked.memory[h]!, 0);
  const need = off.reduce((sum, h) => sum + booked.memory[h]!, 0);
  return need > free ? 'the other hosts lack the memory' : null;
};

/** The best of all sets of hosts, looked at from the most that could be saved downwards. */
const bestSet = (
  planning: Planning,
  candidates: readonly number[],
  constraintsFor: (off: readonly number[]) => Constraints,
  why: Map<number, string>,
): Emptying => {
  const { model, booked, clock } = planning;
  const all = candidates.length;
  const sets = Array.from({ length: 2 ** all }, (_, bits) => candidates.filter((_, i) => (bits >> i) & 1));
  const bound = new Map<readonly number[], number>();
  let total = 0;
  for (let u = 0; u < model.unitCount; u += 1) total += moveCost(model, u);
  for (const set of sets) {
    const saved = set.reduce((sum, h) => sum + hostOnCost(model, h), 0);
    const bytes = set.flatMap((h) => booked.unitsOn(h)).reduce((sum, u) => sum + moveCost(model, u), 0);
    bound.set(set, saved - (total === 0 ? 0 : (0.5 * bytes) / total));
  }
  sets.sort((a, b) => bound.get(b)! - bound.get(a)!);
  const first = consolidateValue(booked, new Set());
  let best: Emptying = { off: [], targets: new Map() };
  let bestSaved = 0;
  for (const off of sets) {
    if (off.length === 0 || bound.get(off)! <= bestSaved + 1e-9) break;
    if (!clock.take()) break;
    const tried = tryToEmpty(planning, off, constraintsFor);
    if (typeof tried === 'string') {
      if (off.length === 1) why.set(off[0]!, `${model.hosts[off[0]!]!.name}: ${tried}`);
      continue;
    }
    const saved = first - valueOf(planning, { off, targets: tried });
    if (saved <= bestSaved) continue;
    best = { off, targets: tried };
    bestSaved = saved;
  }
  // The same hosts, with as much safety against bursts as there is.
  for (let safety = safest; safety > 0 && best.off.length > 0; safety -= 1) {
    const safer = tryToEmpty(planning, best.off, constraintsFor, safety);
    if (
      typeof safer !== 'string' &&
      first - valueOf(planning, { off: best.off, targets: safer }) >= bestSaved
    )
      return { off: best.off, targets: safer };
  }
  return best;
};

const valueOf = (planning: Planning, { off, targets }: Emptying): number => {
  const after = planning.start.copy();
  for (const [u, to] of targets) after.move(u, to);
  return consolidateValue(after, new Set(off));
};

/** What was recommended before, while it still empties its hosts. */
const keptPlan = (
  planning: Planning,
  constraintsFor: (off: readonly number[]) => Constraints,
): Emptying | null => {
  const { model, booked } = planning;
  const previous = planning.previous.find((one) => one.kind === 'consolidate' && one.moves.length > 0);
  if (previous === undefined) return null;
  const off = previous.power.map((action) => model.hostIndex.get(action.host) ?? -1);
  if (off.some((h) => h < 0 || model.hosts[h]!.power !== 'on')) return null;
  const constraints = constraintsFor(off);
  const targets = previousTargets(planning, 'consolidate', constraints, (one) => one === previous);
  if (targets === null || off.some((h) => booked.unitsOn(h).some((u) => !targets.has(u)))) return null;
  const after = booked.copy();
  for (const [u, to] of targets) after.move(u, to);
  const staying = stayingOn(planning, new Set(off));
  return brokenReserve(planning, after, staying, constraints) === null ? { off, targets } : null;
};

const alternativesTo = (
  planning: Planning,
  plan: Emptying,
  candidates: readonly number[],
  why: ReadonlyMap<number, string>,
): Recommendation['alternatives'] => {
  const { model } = planning;
  const chosen = new Set(plan.off);
  const alternatives = [...why]
    .filter(([h]) => !chosen.has(h))
    .slice(0, 2)
    .map(([h, reason]) => ({
      description: `Empty ${model.hosts[h]!.name} as well.`,
      lost: `${sentence(reason)}.`,
    }));
  const next = candidates.find((h) => !chosen.has(h) && !why.has(h));
  if (next !== undefined)
    alternatives.push({
      description:
        `Empty ${model.hosts[next]!.name} ${plan.off.length > 0 ? 'instead or as well' : ''}.`.replace(
          ' .',
          '.',
        ),
      lost: 'It matters more, costs more bytes to empty, or the reserve would be broken.',
    });
  return alternatives;
};

const firstReasons = (planning: Planning, why: ReadonlyMap<number, string>): string => {
  const reasons = [...why.values()];
  if (reasons.length > 0) return reasons.slice(0, 2).join('; ');
  return planning.model.hosts.length === 1 ? hostSubject(planning.model.hosts[0]!).name : 'each is needed';
};

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
