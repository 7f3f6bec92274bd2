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
import { powerAt } from './planetlab-fleet.ts';
import { honestRules } from './planetlab-honest-rules.ts';
import {
  noOrders,
  type FleetView,
  type HostView,
  type Orders,
  type PlanetlabPolicy,
  type VmView,
} from './planetlab-policy.ts';
import { sampleSeconds } from './planetlab-traces.ts';

const bytesPerMb = 2 ** 20;
const linkBits = 1e9;

/** The experiment's rules in the words of a fleet's policy: all RAM is for VMs, no host is held in reserve. */
const experimentPolicy: Policy = {
  ...defaultPolicy,
  loadMax: { ...defaultPolicy.loadMax, mem: 1 },
  margin: 0,
  overcommit: { ...defaultPolicy.overcommit, hostReservedBytes: 0 },
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

/**
 * The collector's own judge and advise, as they run live, with everything that they recommend done at once: no
 * packing made for the experiment, cool-downs and rests included.
 */
export const planner = (): PlanetlabPolicy => {
  const state = createJudgeState();
  const moves: MoveRecord[] = [];
  const power: PowerRecord[] = [];
  let previous: readonly Recommendation[] = [];
  return {
    decide(view: FleetView): Orders {
      if (view.interval === 0) return noOrders;
      const at = view.interval * sampleSeconds * 1000;
      const snapshot = snapshotOf(view, at);
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
      return ordersOf(advice.recommendations, view);
    },
  };
};

function ordersOf(recommendations: readonly Recommendation[], view: FleetView): Orders {
  const targets = new Map<number, number>();
  for (const { uuid, to } of recommendations.flatMap((one) => one.moves)) {
    // A stop on the way is none in this simulator: moves wait until RAM is free. Where it ends counts.
    targets.set(vmIndex(uuid), hostIndex(to));
  }
  const moves = [...targets]
    .filter(([vm, target]) => view.vms[vm]!.host !== target && view.vms[vm]!.movingTo === undefined)
    .map(([vm, target]) => ({ vm, target }));
  const switches = recommendations.flatMap((one) => one.power);
  const switched = (action: 'switch-on' | 'switch-off'): number[] =>
    switches.filter((one) => one.action === action).map((one) => hostIndex(one.host));
  const used = new Set(
    view.vms.flatMap(({ host, movingTo }) => [host, movingTo]).concat([...targets.values()]),
  );
  // A host that was to be switched off and could not be emptied in time is switched off later.
  const forgotten = view.hosts.filter(({ index, power }) => power === 'on' && !used.has(index));
  return {
    moves,
    switchOn: switched('switch-on').filter((index) => view.hosts[index]!.power === 'off'),
    switchOff: [...new Set([...switched('switch-off'), ...forgotten.map(({ index }) => index)])],
  };
}

const uuidPrefix = '00000000-0000-4000-8000-';
const vmUuid = (index: number): string => uuidPrefix + index.toString(16).padStart(12, '0');
const vmIndex = (uuid: string): number => Number.parseInt(uuid.slice(uuidPrefix.length), 16);
const hostName = (index: number): string => `host-${index}`;
const hostIndex = (name: string): number => Number(name.slice('host-'.length));

function snapshotOf(view: FleetView, at: number): Snapshot {
  const vms = view.vms.map((vm) => vmOf(vm, view.hosts[vm.host]!, at));
  const vmsByHost = Map.groupBy(vms, (vm) => vm.host);
  return {
    fleet: 'planetlab',
    at,
    sequence: view.interval,
    hosts: view.hosts.map((host) => hostOf(host, vmsByHost.get(hostName(host.index)) ?? [], at)),
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

function vmOf(vm: VmView, host: HostView, at: number): Vm {
  const bytes = vm.ramMb * bytesPerMb;
  const cpu = vm.loads.at(-1)!;
  return {
    uuid: vmUuid(vm.index),
    name: `vm-${vm.index}`,
    host: hostName(vm.host),
    state: 'running',
    vcpus: 1,
    memory: {
      maximumBytes: bytes,
      currentBytes: bytes,
      usedBytes: bytes,
      source: 'allocation',
      trusted: true,
    },
    load: { cpu, mem: 1, net: null, disk: null },
    pressure: 0,
    usage: { ...unknown, cpuCores: (cpu * vm.mips) / host.model.coreMips, memBytes: bytes },
    dirtyRate: null,
    priority: 50,
    rules: { ...freeVmRules, neverMigrate: vm.movingTo !== undefined },
    freshness: 'fresh',
    sampledAt: at,
    source: 'trace',
  };
}

function hostOf({ index, model, power }: HostView, vms: readonly Vm[], at: number): Host {
  const sum = (of: (vm: Vm) => number | null): number => vms.reduce((total, vm) => total + (of(vm) ?? 0), 0);
  const memBytes = model.ramMb * bytesPerMb;
  const on = power === 'on';
  return {
    name: hostName(index),
    zone: null,
    rack: null,
    groups: [],
    // The host that idles at more watts is the first to be emptied.
    priority: Math.round(100 - powerAt(model, 0)),
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
