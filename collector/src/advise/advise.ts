import type { Finding } from '../fleet/finding.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import { atOnce, type Sliced } from '../fleet/sliced.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Advice, AdviseHistory, AdviseOptions } from './advice.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { drainHost, type DrainCause } from './drain.ts';
import { balanceFleet } from './balance.ts';
import { consolidateFleet } from './consolidate.ts';
import { fleetModelInSlices, isRise } from './fleet-model.ts';
import { createPlanning } from './create-planning.ts';
import { keepPrevious } from './keep-previous.ts';
import type { Planning } from './planning.ts';
import { excessOf, relieveHost } from './relieve.ts';
import { restoreReserve } from './restore-reserve.ts';

const hotKinds = new Set(['hotspot', 'hotspot-predicted', 'abrupt-load']);

/**
 * What to do about a fleet: pure, and the same for the same input. Duties come first (hosts in trouble, hosts to be
 * emptied, hot spots, announced class changes); improvements (consolidating, balancing) only where nothing burns.
 * Each plan is safe by itself and beside all others of the same advice.
 */
export const advise = (...input: Parameters<typeof adviseInSlices>): Advice =>
  atOnce(adviseInSlices(...input));

/** The same with pauses. */
export const adviseInSlices = function* (
  snapshot: Snapshot,
  judgement: Judgement,
  history: AdviseHistory,
  policy: Policy,
  options: AdviseOptions,
): Sliced<Advice> {
  const check = checkSnapshot(snapshot, judgement);
  if (check.nothingToPlan) return { recommendations: [], refused: check.refused };
  yield;
  const model = yield* fleetModelInSlices(snapshot, judgement, policy, check.untrusted);
  yield;
  const planning = createPlanning(model, history, options);
  planning.refused.push(...check.refused);
  const made: Recommendation[] = [];
  const add = (recommendation: Recommendation | null) => {
    if (recommendation !== null) made.push(keepPrevious(recommendation, history.previous, snapshot));
  };
  for (const { h, cause } of hostsToEmpty(planning)) {
    add(drainHost(planning, h, cause, findingsOf(planning, h)));
    yield;
  }
  const done = () => ({
    recommendations: made.sort((a, b) => a.priority - b.priority),
    refused: planning.refused,
  });
  if (check.loadNotBelieved) return done();
  for (const { h, findings } of hotHosts(planning)) {
    add(relieveHost(planning, h, findings));
    yield;
  }
  for (const { h, findings } of risingHosts(planning)) {
    add(relieveHost(planning, h, findings, 'class-change'));
    yield;
  }
  if (made.every((one) => one.kind !== 'deconsolidate'))
    add(restoreReserve(planning, fleetFindings(planning, 'reserve')));
  // Improving can wait until nothing is hot, in trouble or short of its reserve any more.
  const burning =
    made.length > 0 || planning.refused.some((one) => one.kind === 'relieve' || one.kind === 'drain');
  const lowLoad = fleetFindings(planning, 'low-load');
  if (!burning && lowLoad.length > 0) add(consolidateFleet(planning, lowLoad, options.exact?.consolidate));
  const imbalance = fleetFindings(planning, 'imbalance');
  if (made.length === 0 && imbalance.length > 0)
    add(balanceFleet(planning, imbalance, options.exact?.balance));
  return done();
};

const hostsToEmpty = (planning: Planning): { h: number; cause: DrainCause }[] => {
  const { model, options } = planning;
  const asked = new Set(options.drain ?? []);
  return model.hosts.flatMap((host, h): { h: number; cause: DrainCause }[] => {
    if (host.power !== 'on') return [];
    if (model.judgement.suspectHosts.has(host.name)) return [{ h, cause: 'trouble' }];
    if (asked.has(host.name)) return [{ h, cause: 'ordered' }];
    return host.maintenance ? [{ h, cause: 'maintenance' }] : [];
  });
};

const fleetFindings = (planning: Planning, kind: Finding['kind']): Finding[] =>
  planning.model.judgement.findings.filter((finding) => finding.kind === kind && finding.until === undefined);

/** Hosts where an announced change of class would make a hot spot that is none yet. */
const risingHosts = (planning: Planning): { h: number; findings: Finding[] }[] => {
  const { model } = planning;
  const hosts = new Set<number>();
  for (const change of model.judgement.classChanges) {
    const vm = model.vmIndex.get(change.uuid);
    if (vm === undefined || !change.announced || !isRise(change.from, change.to)) continue;
    const h = model.home[model.unitOf[vm]!]!;
    if (!planning.plannedHosts.has(h) && excessOf(planning.booked, h).some((value) => value > 0))
      hosts.add(h);
  }
  return [...hosts].map((h) => ({
    h,
    findings: findingsOf(planning, h).filter((finding) => finding.kind === 'class-change'),
  }));
};

const findingsOf = (planning: Planning, h: number): Finding[] => {
  const { name } = planning.model.hosts[h]!;
  return planning.model.judgement.findings.filter(
    (finding) => finding.subject.type === 'host' && finding.subject.id === name,
  );
};

/** Hosts with a finding of heat, the worst first, each once. */
const hotHosts = (planning: Planning): { h: number; findings: Finding[] }[] => {
  const { model } = planning;
  const byHost = new Map<number, Finding[]>();
  for (const finding of model.judgement.findings) {
    if (!hotKinds.has(finding.kind) || finding.subject.type !== 'host' || finding.until !== undefined)
      continue;
    const h = model.hostIndex.get(finding.subject.id);
    if (h === undefined || planning.plannedHosts.has(h) || model.hosts[h]!.maintenance) continue;
    const list = byHost.get(h);
    if (list === undefined) byHost.set(h, [finding]);
    else list.push(finding);
  }
  const rank = (findings: readonly Finding[]) => Math.max(...findings.map((finding) => finding.rank));
  const urgent = (findings: readonly Finding[]) =>
    findings.some((finding) => finding.kind !== 'hotspot-predicted') ? 0 : 1;
  return [...byHost]
    .map(([h, findings]) => ({ h, findings }))
    .sort(
      (a, b) => urgent(a.findings) - urgent(b.findings) || rank(b.findings) - rank(a.findings) || a.h - b.h,
    );
};
