import type { ClassChange } from '../fleet/class-change.ts';
import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { LoadClass } from '../fleet/load-class.ts';
import { dimensions, type Load } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import { atOnce, type Sliced } from '../fleet/sliced.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm } from '../fleet/vm.ts';
import { isFresh, judgeTrust } from './data-trust.ts';
import { EmptiableCheck } from './emptiable.ts';
import { classChangeRules, predictClassChange, raiseClassChange } from './class-changes.ts';
import { type JudgeState, watchBoundaries } from './judge-state.ts';
import { judgePredictedHotSpot } from './predicted-hot-spots.ts';
import type { Boundary, SeriesPool } from './series-pool.ts';

export { createJudgeState, type JudgeState } from './judge-state.ts';

/** What is remembered of a host or VM that is no longer seen is dropped after this time. */
const forgetAfterMs = 60 * 60_000;
const forgetEveryMs = 5 * 60_000;
const vmsPerSlice = 200;
const hostsPerSlice = 50;

/** Says what is true of this snapshot, in the light of what `state` remembers, which is brought up to date. */
export const judge = (snapshot: Snapshot, state: JudgeState, policy: Policy): Judgement =>
  atOnce(judgeInSlices(snapshot, state, policy));

/** The same with pauses, during which nobody else may judge with this `state`. */
export const judgeInSlices = function* (
  snapshot: Snapshot,
  state: JudgeState,
  policy: Policy,
): Sliced<Judgement> {
  const { at } = snapshot;
  const vmsByHost = groupByHost(snapshot.vms);
  watchBoundaries(state, policy);
  for (const series of [state.vmSeries, state.hostSeries]) series.keepForecasts(policy.horizonMinutes);
  state.findings.start(at);
  yield;
  const trust = judgeTrust(snapshot, vmsByHost, policy, state.findings);
  const classChanges: ClassChange[] = [];
  const classes = yield* judgeVms(snapshot, state, trust.known, policy, classChanges);
  const knownHosts = snapshot.hosts.filter((host) => trust.known.has(host.name));
  const fit = once(
    () =>
      new EmptiableCheck(
        knownHosts.filter((host) => mayTakeVms(host, trust)),
        vmsByHost,
        policy,
      ),
  );
  for (const [place, host] of snapshot.hosts.entries()) {
    if (place % hostsPerSlice === 0) yield;
    if (host.power === 'off') continue;
    judgeHost(host, trust.known.has(host.name), at, state, policy, fit);
  }
  yield;
  const isHigh = (vm: Vm) => classes.get(vm.uuid) === 'high';
  state.fleetLoad.update(
    snapshot.fleet,
    knownHosts,
    trust.complete,
    vmsByHost,
    isHigh,
    at,
    policy,
    state.findings,
  );
  yield;
  const report = state.findings.close();
  if (at - state.forgotAt >= forgetEveryMs) {
    state.forgotAt = at;
    state.vms.forget(at - forgetAfterMs);
    state.hosts.forget(at - forgetAfterMs);
  }
  return {
    at,
    sequence: snapshot.sequence,
    ...report,
    classes,
    classChanges,
    blockedHosts: trust.blocked,
    suspectHosts: trust.suspect,
    forecast: (subject, dimension, minutes) => {
      const d = dimensions.indexOf(dimension);
      const host = state.hosts.find(subject);
      if (host !== undefined) return state.hostSeries.forecast(host * dimensions.length + d, minutes);
      const vm = state.vms.find(subject);
      return vm === undefined ? null : state.vmSeries.forecast(vm * dimensions.length + d, minutes);
    },
  };
};

const judgeVms = function* (
  snapshot: Snapshot,
  state: JudgeState,
  knownHosts: ReadonlySet<string>,
  policy: Policy,
  classChanges: ClassChange[],
): Sliced<Map<string, LoadClass>> {
  const { at } = snapshot;
  const classes = new Map<string, LoadClass>();
  const rules = classChangeRules(state.parameters, policy, state.periodMs);
  for (const [place, vm] of snapshot.vms.entries()) {
    if (place % vmsPerSlice === 0) yield;
    if (vm.state !== 'running') continue;
    if (!knownHosts.has(vm.host) || !isFresh(vm, at, policy)) {
      state.findings.hold('class-change', 'vm', vm.uuid);
      continue;
    }
    const slot = state.vms.slot(vm.uuid, at);
    addLoad(state.vmSeries, slot, vm.load, at, state.watching.vm);
    const loadClass = state.classes.update(slot, vm.load, at, policy);
    if (loadClass === undefined) continue;
    classes.set(vm.uuid, loadClass);
    const change = predictClassChange(vm, slot, loadClass, state.vmSeries, rules, at, policy, state.findings);
    if (change === null) continue;
    classChanges.push(change);
    if (change.announced) raiseClassChange(vm, change, policy.classChangePrecision, state.findings);
  }
  return classes;
};

const judgeHost = (
  host: Host,
  known: boolean,
  at: number,
  state: JudgeState,
  policy: Policy,
  fit: () => EmptiableCheck,
): void => {
  const slot = state.hosts.slot(host.name, at);
  state.hotSpots.update(slot, host, known, policy, state.findings);
  const expected = (dimension: (typeof dimensions)[number]) =>
    state.hostSeries.forecast(
      slot * dimensions.length + dimensions.indexOf(dimension),
      state.periodMs / 60_000,
    );
  state.abruptLoad.update(slot, host, known, expected, policy, state.findings);
  state.coldSpots.update(slot, host, known, at, policy, fit, state.findings);
  if (!known) return;
  addLoad(state.hostSeries, slot, host.load, at, state.watching.host);
  if (state.hotSpots.isHot(slot)) return;
  judgePredictedHotSpot(slot, host, state.hostSeries, policy, state.findings);
};

const addLoad = (
  series: SeriesPool,
  slot: number,
  load: Load,
  at: number,
  boundaries: readonly Boundary[][],
): void => {
  for (let d = 0; d < dimensions.length; d += 1) {
    const share = load[dimensions[d]!];
    if (share !== null) series.add(slot * dimensions.length + d, share, at, boundaries[d]!);
  }
};

const mayTakeVms = (
  host: Host,
  trust: { blocked: ReadonlySet<string>; suspect: ReadonlySet<string> },
): boolean =>
  host.power === 'on' &&
  !host.maintenance &&
  !host.neverTarget &&
  !trust.blocked.has(host.name) &&
  !trust.suspect.has(host.name);

const groupByHost = (vms: readonly Vm[]): Map<string, Vm[]> => {
  const byHost = new Map<string, Vm[]>();
  for (const vm of vms) {
    const there = byHost.get(vm.host);
    if (there === undefined) byHost.set(vm.host, [vm]);
    else there.push(vm);
  }
  return byHost;
};

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};
