import { advise } from '../advise/advise.ts';
import { forecastMove } from '../advise/migration-forecast.ts';
import { defaultPolicy } from '../fleet/default-policy.ts';
import type { Host } from '../fleet/host.ts';
import { uncalibrated } from '../fleet/migration-calibration.ts';
import type { MoveRecord, PowerRecord } from '../fleet/move-record.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Usage } from '../fleet/usage.ts';
import { freeVmRules, type Vm } from '../fleet/vm.ts';
import { createJudgeState, judge } from '../judge/judge.ts';
import { powerAt, type HostModel } from './planetlab-fleet.ts';
import { honestRules } from './planetlab-honest-rules.ts';
import { sampleSeconds } from './planetlab-traces.ts';

const bytesPerMb = 2 ** 20;
const linkBits = 1e9;

/** The experiment's rules in the words of a fleet's policy: as few hosts as can be, all RAM for VMs, none in reserve. */
const experimentPolicy: Policy = {
  ...defaultPolicy,
  loadMin: 0.8,
  loadMax: { ...defaultPolicy.loadMax, mem: 1 },
  margin: 0,
  overcommit: { ...defaultPolicy.overcommit, cpu: 1000, hostReservedBytes: 0 },
  reserve: { hosts: 0, share: 0 },
  weights: { ...defaultPolicy.weights, mem: 0 },
  // Spreading load would work against emptying hosts.
  imbalanceMax: 1,
  coldspotMinutes: sampleSeconds / 60,
  staleSeconds: 2 * sampleSeconds,
  limits: {
    ...defaultPolicy.limits,
    perHost: honestRules.migrationsPerHost,
    total: honestRules.migrationsInAll,
    perPlan: 1000,
  },
};

/** A host and a VM as the experiment shows them at the end of an interval. */
export type PlannedHost = {
  readonly index: number;
  readonly model: HostModel;
  readonly power: 'off' | 'booting' | 'on' | 'stopping';
  readonly memoryMb: number;
};
export type PlannedVm = {
  readonly index: number;
  readonly mips: number;
  readonly ramMb: number;
  readonly host: number;
  readonly copying: boolean;
  /** 0..1 of `mips`, in the interval that is over. */
  readonly load: number;
};

export type LivePlan = {
  readonly moves: readonly { readonly vm: number; readonly target: number }[];
  readonly switchOn: readonly number[];
  readonly switchOff: readonly number[];
};

/**
 * The collector's own judge and advise, as they run live, fed one snapshot per interval, with everything that they
 * recommend done at once: there is no planner of the experiment's own.
 */
export const livePlanner = () => {
  const state = createJudgeState();
  const moves: MoveRecord[] = [];
  const power: PowerRecord[] = [];
  let previous: readonly Recommendation[] = [];
  return (interval: number, hosts: readonly PlannedHost[], vms: readonly PlannedVm[]): LivePlan => {
    const at = interval * sampleSeconds * 1000;
    const snapshot = snapshotOf(hosts, vms, interval, at);
    const judgement = judge(snapshot, state, experimentPolicy);
    const advice = advise(snapshot, judgement, { moves, power, previous }, experimentPolicy, {
      seed: 1,
      forecastMove: (vm, from, to, flowing) =>
        forecastMove(vm, from, to, {
          policy: experimentPolicy,
          calibration: uncalibrated,
          ...(flowing === undefined ? {} : { flowing }),
        }),
    });
    previous = advice.recommendations;
    for (const { moves: made, power: switched } of advice.recommendations) {
      for (const { uuid, from, to } of made) moves.push({ uuid, from, to, at });
      for (const { host, action } of switched) power.push({ host, action, at });
    }
    return planOf(advice.recommendations, vms);
  };
};

const planOf = (recommendations: readonly Recommendation[], vms: readonly PlannedVm[]): LivePlan => {
  const targets = new Map<number, number>();
  // A stop on the way is none in the experiment: moves wait until there is room. Where it ends counts.
  for (const { uuid, to } of recommendations.flatMap((one) => one.moves))
    targets.set(vmIndex(uuid), hostIndex(to));
  const homes = new Map(vms.map(({ index, host }) => [index, host]));
  const switches = recommendations.flatMap((one) => one.power);
  const switched = (action: 'switch-on' | 'switch-off'): number[] =>
    switches.filter((one) => one.action === action).map((one) => hostIndex(one.host));
  return {
    moves: [...targets]
      .filter(([vm, target]) => homes.get(vm) !== target)
      .map(([vm, target]) => ({ vm, target })),
    switchOn: switched('switch-on'),
    switchOff: switched('switch-off'),
  };
};

const uuidPrefix = '00000000-0000-4000-8000-';
const vmUuid = (index: number): string => uuidPrefix + index.toString(16).padStart(12, '0');
const vmIndex = (uuid: string): number => Number.parseInt(uuid.slice(uuidPrefix.length), 16);
const hostName = (index: number): string => `host-${index}`;
const hostIndex = (name: string): number => Number(name.slice('host-'.length));

function snapshotOf(
  hosts: readonly PlannedHost[],
  planned: readonly PlannedVm[],
  sequence: number,
  at: number,
): Snapshot {
  const vms = planned.map((vm) => vmOf(vm, hosts[vm.host]!, at));
  const vmsByHost = Map.groupBy(vms, (vm) => vm.host);
  return {
    fleet: 'planetlab',
    at,
    sequence,
    hosts: hosts.map((host) => hostOf(host, vmsByHost.get(hostName(host.index)) ?? [], at)),
    vms,
  };
}

const unknown: Usage = {
  cpuCores: null,
  memBytes: null,
  netRxBytesPerSecond: null,
  netTxBytesPerSecond: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  diskRequestsPerSecond: null,
};

function vmOf(vm: PlannedVm, host: PlannedHost, at: number): Vm {
  const bytes = vm.ramMb * bytesPerMb;
  // What it was promised is a part of a core of its host, or more than one.
  const vcpus = vm.mips / host.model.coreMips;
  return {
    uuid: vmUuid(vm.index),
    name: `vm-${vm.index}`,
    host: hostName(vm.host),
    state: 'running',
    vcpus,
    memory: {
      maximumBytes: bytes,
      currentBytes: bytes,
      usedBytes: bytes,
      source: 'allocation',
      trusted: true,
    },
    load: { cpu: vm.load, mem: 1, net: null, disk: null },
    pressure: 0,
    usage: { ...unknown, cpuCores: vm.load * vcpus, memBytes: bytes },
    dirtyRate: null,
    priority: 50,
    rules: { ...freeVmRules, neverMigrate: vm.copying },
    freshness: 'fresh',
    sampledAt: at,
    source: 'trace',
  };
}

function hostOf({ index, model, power, memoryMb }: PlannedHost, vms: readonly Vm[], at: number): Host {
  const sum = (of: (vm: Vm) => number | null): number => vms.reduce((total, vm) => total + (of(vm) ?? 0), 0);
  const memBytes = memoryMb * bytesPerMb;
  const on = power === 'on';
  return {
    name: hostName(index),
    zone: null,
    rack: null,
    groups: [],
    priority: 50,
    labels: {},
    power: on ? 'on' : 'off',
    maintenance: false,
    neverTarget: power === 'booting' || power === 'stopping',
    capacity: {
      cpuCores: model.cores,
      cpuMhz: model.coreMips,
      memBytes,
      nicBitsPerSecond: linkBits,
      diskBytesPerSecond: null,
    },
    energy: {
      idleWatts: powerAt(model, 0),
      maxWatts: powerAt(model, 1),
      bootSeconds: honestRules.bootSeconds,
    },
    cpuModel: null,
    load: {
      cpu: sum((vm) => vm.usage.cpuCores) / model.cores,
      mem: sum((vm) => vm.usage.memBytes) / memBytes,
      net: 0,
      disk: null,
    },
    pressure: 0,
    usage: unknown,
    freshness: on ? 'fresh' : 'stale',
    sampledAt: at,
    source: 'trace',
    trouble: [],
  };
}
