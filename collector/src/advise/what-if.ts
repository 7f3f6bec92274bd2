import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import { type Dimension, dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import type { HostEffect } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm } from '../fleet/vm.ts';
import { type Advice, type AdviseOptions, noHistory } from './advice.ts';
import { advise } from './advise.ts';
import { unitName, whyNowhere } from './choose-target.ts';
import { createPlanning } from './create-planning.ts';
import { WIDTH } from './demand.ts';
import { effectsOn } from './effects.ts';
import { emptyHosts } from './empty-hosts.ts';
import { buildFleetModel } from './fleet-model.ts';
import { judgeStanding } from './judge-standing.ts';
import { type NewHost, newHost } from './new-host.ts';
import { Placement } from './placement.ts';
import { refusalTexts } from './refusal.ts';

export type Hypothesis = {
  /** Made by hand, whether they are wise or not. */
  readonly moves?: readonly { readonly uuid: string; readonly to: string }[];
  /** Hosts that are gone: their VMs must run elsewhere. */
  readonly without?: readonly string[];
  /** Hosts to be emptied by advice. */
  readonly drain?: readonly string[];
  /** Hosts that join, empty. */
  readonly add?: readonly NewHost[];
  /** CPU, network and disk load of all VMs times this. */
  readonly loadFactor?: number;
};

export type WhatIf = {
  /** The fleet as it would be, before any advice is followed. */
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly effects: readonly HostEffect[];
  /** Why something that was asked for cannot be, or would break a rule. */
  readonly problems: readonly string[];
  readonly advice: Advice;
};

/** The fleet after something that has not happened, and what would be advised then. */
export const whatIf = (
  snapshot: Snapshot,
  judgement: Judgement,
  hypothesis: Hypothesis,
  policy: Policy,
  options: AdviseOptions,
): WhatIf => {
  const problems: string[] = [];
  const factor = hypothesis.loadFactor ?? 1;
  const grown = withAdded(snapshot, hypothesis, problems);
  const before = new Placement(buildFleetModel(grown, judgement, policy));
  const loaded = factor === 1 ? grown : scaled(grown, factor);
  const planning = createPlanning(
    buildFleetModel(loaded, scaledForecasts(judgement, factor), policy),
    noHistory,
    options,
  );
  const { model } = planning;
  const placement = planning.start.copy();
  const constraints = planning.constraints({ disturbResting: true });
  for (const move of hypothesis.moves ?? []) {
    const v = model.vmIndex.get(move.uuid);
    const to = model.hostIndex.get(move.to);
    if (v === undefined || to === undefined) {
      problems.push(v === undefined ? `There is no VM ${move.uuid}.` : `There is no host ${move.to}.`);
      continue;
    }
    const u = model.unitOf[v]!;
    const refusal = constraints.refusal(placement, u, to);
    if (refusal === 'same-host') continue;
    if (refusal !== null)
      problems.push(`Moving ${unitName(model, u)} to ${move.to} breaks a rule: ${refusalTexts[refusal]}.`);
    placement.move(u, to);
  }
  const gone = knownHosts(model.hostIndex, hypothesis.without ?? [], problems);
  if (gone.length > 0) {
    const closed = planning.constraints({ disturbResting: true, leaving: new Set(gone) });
    const { targets, stuck } = emptyHosts(planning, gone, closed, 'spread', placement);
    for (const u of stuck)
      problems.push(
        `VM ${unitName(model, u)} of ${model.hosts[placement.hostOf[u]!]!.name} finds no place: ${whyNowhere(closed, placement, u)}.`,
      );
    for (const [u, to] of targets) placement.move(u, to);
  }
  knownHosts(model.hostIndex, hypothesis.drain ?? [], problems);
  const touched = model.hosts.flatMap((_, h) => (factor !== 1 || differs(before, placement, h) ? [h] : []));
  const after = snapshotOf(placement, loaded, new Set(gone));
  const judged = judgementOf(placement, after, judgement, policy, factor);
  return {
    snapshot: after,
    judgement: judged,
    effects: effectsOn(before, placement, touched),
    problems,
    advice: advise(after, judged, noHistory, policy, { ...options, drain: hypothesis.drain ?? [] }),
  };
};

/** Each added host counts for those after it. */
const withAdded = (snapshot: Snapshot, hypothesis: Hypothesis, problems: string[]): Snapshot =>
  (hypothesis.add ?? []).reduce<Snapshot>((grown, wanted) => {
    const host = newHost(wanted, grown);
    if (typeof host !== 'string') return { ...grown, hosts: [...grown.hosts, host] };
    problems.push(host);
    return grown;
  }, snapshot);

const knownHosts = (
  index: ReadonlyMap<string, number>,
  names: readonly string[],
  problems: string[],
): number[] =>
  names.flatMap((name) => {
    const h = index.get(name);
    if (h === undefined) problems.push(`There is no host ${name}.`);
    return h === undefined ? [] : [h];
  });

const differs = (before: Placement, after: Placement, h: number): boolean =>
  before.units[h] !== after.units[h] ||
  dimensions.some((_, d) => before.now[h * WIDTH + d] !== after.now[h * WIDTH + d]);

const times = (value: number | null, factor: number): number | null =>
  value === null ? null : value * factor;

/** All VMs work harder by a factor; a VM cannot use more than all of its vCPUs. What hosts do themselves stays. */
const scaled = (snapshot: Snapshot, factor: number): Snapshot => {
  const extra = new Map<string, { cpu: number; rx: number; tx: number; disk: number }>();
  const vms = snapshot.vms.map((vm): Vm => {
    const { usage } = vm;
    const cores = usage.cpuCores === null ? null : Math.min(usage.cpuCores * factor, vm.vcpus);
    const sum = extra.get(vm.host) ?? { cpu: 0, rx: 0, tx: 0, disk: 0 };
    sum.cpu += (cores ?? 0) - (usage.cpuCores ?? 0);
    sum.rx += (usage.netRxBytesPerSecond ?? 0) * (factor - 1);
    sum.tx += (usage.netTxBytesPerSecond ?? 0) * (factor - 1);
    sum.disk += ((usage.diskReadBytesPerSecond ?? 0) + (usage.diskWriteBytesPerSecond ?? 0)) * (factor - 1);
    extra.set(vm.host, sum);
    return {
      ...vm,
      load: {
        cpu: vm.load.cpu === null ? null : Math.min(vm.load.cpu * factor, Math.max(1, vm.load.cpu)),
        mem: vm.load.mem,
        net: times(vm.load.net, factor),
        disk: times(vm.load.disk, factor),
      },
      usage: {
        ...usage,
        cpuCores: cores,
        netRxBytesPerSecond: times(usage.netRxBytesPerSecond, factor),
        netTxBytesPerSecond: times(usage.netTxBytesPerSecond, factor),
        diskReadBytesPerSecond: times(usage.diskReadBytesPerSecond, factor),
        diskWriteBytesPerSecond: times(usage.diskWriteBytesPerSecond, factor),
        diskRequestsPerSecond: times(usage.diskRequestsPerSecond, factor),
      },
    };
  });
  const hosts = snapshot.hosts.map((host): Host => {
    const more = extra.get(host.name);
    if (more === undefined) return host;
    const { capacity, load } = host;
    const nic = capacity.nicBitsPerSecond;
    const plus = (share: number | null, by: number) => (share === null ? null : Math.max(0, share + by));
    return {
      ...host,
      load: {
        // More cannot be done than there is; what is asked beyond it shows as a full host.
        cpu:
          load.cpu === null ? null : Math.min(Math.max(1, load.cpu), load.cpu + more.cpu / capacity.cpuCores),
        mem: load.mem,
        net: nic === null ? load.net : plus(load.net, (8 * Math.max(more.rx, more.tx)) / nic),
        disk:
          capacity.diskBytesPerSecond === null
            ? load.disk
            : plus(load.disk, more.disk / capacity.diskBytesPerSecond),
      },
    };
  });
  return { ...snapshot, hosts, vms };
};

const scaledForecasts = (judgement: Judgement, factor: number): Judgement =>
  factor === 1
    ? judgement
    : {
        ...judgement,
        forecast: (subject, dimension, minutes) => {
          const point = judgement.forecast(subject, dimension, minutes);
          if (point === null || dimension === 'mem') return point;
          return { minutes, value: point.value * factor, low: point.low * factor, high: point.high * factor };
        },
      };

const snapshotOf = (placement: Placement, snapshot: Snapshot, gone: ReadonlySet<number>): Snapshot => {
  const { model } = placement;
  const hostOf = new Map<string, string>();
  model.vms.forEach((vm, v) => hostOf.set(vm.uuid, model.hosts[placement.hostOf[model.unitOf[v]!]!]!.name));
  const goneNames = new Set([...gone].map((h) => model.hosts[h]!.name));
  const hosts = model.hosts.flatMap((host, h): Host[] => {
    if (gone.has(h)) return [];
    const share = (dimension: Dimension) => {
      const i = h * WIDTH + dimensions.indexOf(dimension);
      const own = host.load[dimension];
      const unchanged = placement.now[i] === model.hostNow[i];
      return own === null || unchanged ? own : Math.max(0, placement.now[i]! / model.capacity[i]!);
    };
    return [
      { ...host, load: { cpu: share('cpu'), mem: share('mem'), net: share('net'), disk: share('disk') } },
    ];
  });
  const vms = snapshot.vms
    .map((vm) => ({ ...vm, host: hostOf.get(vm.uuid) ?? vm.host }))
    .filter((vm) => !goneNames.has(vm.host));
  return { ...snapshot, hosts, vms };
};

/** What judge would say of that fleet if it stood like this; forecasts shift by what came and went. */
const judgementOf = (
  placement: Placement,
  after: Snapshot,
  judgement: Judgement,
  policy: Policy,
  factor: number,
): Judgement => {
  const { model } = placement;
  const standing = judgeStanding(after, policy);
  const forecasts = scaledForecasts(judgement, factor);
  return {
    ...standing,
    classes: judgement.classes,
    classChanges: judgement.classChanges,
    blockedHosts: new Set([...standing.blockedHosts, ...judgement.blockedHosts]),
    suspectHosts: new Set([...standing.suspectHosts, ...judgement.suspectHosts]),
    forecast: (subject, dimension, minutes) => {
      const point = forecasts.forecast(subject, dimension, minutes);
      const h = model.hostIndex.get(subject);
      if (point === null || h === undefined) return point;
      const i = h * WIDTH + dimensions.indexOf(dimension);
      const shift = (placement.later[i]! - model.hostLater[i]!) / model.capacity[i]!;
      if (Number.isNaN(shift)) return point;
      return { minutes, value: point.value + shift, low: point.low + shift, high: point.high + shift };
    },
  };
};
