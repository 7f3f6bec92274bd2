import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { advise } from '../../collector/src/advise/advise.ts';
import { type AdviseOptions, noHistory } from '../../collector/src/advise/advice.ts';
import { forecastMove } from '../../collector/src/advise/migration-forecast.ts';
import { seededRandom } from '../../collector/src/advise/seeded-random.ts';
import { defaultPolicy, withDefaults } from '../../collector/src/fleet/default-policy.ts';
import type { Finding } from '../../collector/src/fleet/finding.ts';
import type { Host } from '../../collector/src/fleet/host.ts';
import type { Judgement } from '../../collector/src/fleet/judgement.ts';
import type { Load } from '../../collector/src/fleet/load.ts';
import { uncalibrated } from '../../collector/src/fleet/migration-calibration.ts';
import type { Policy } from '../../collector/src/fleet/policy.ts';
import type { Recommendation } from '../../collector/src/fleet/recommendation.ts';
import type { Snapshot } from '../../collector/src/fleet/snapshot.ts';
import { freeVmRules, type Vm, type VmRules } from '../../collector/src/fleet/vm.ts';

import { loadExactSolver } from '../../collector/src/advise/exact-plan.ts';
import { compareWithExact } from '../../collector/src/experiment/compare-with-exact.ts';

const bars = { fullPlanMs: 2000, incrementalMs: 200, rssMiB: 500 };
const vmsPerHost = 50;
const GiB = 2 ** 30;
const start = Date.UTC(2026, 0, 5, 12);

export const adviseBench = {
  description: 'planning for 1,000 hosts x 50 VMs: full plan, next tick, memory; growth with the fleet',
  run: async (args: readonly string[]): Promise<unknown> => {
    const { values } = parseArgs({
      args: [...args],
      options: { sizes: { type: 'string' }, peak: { type: 'string' }, exact: { type: 'string' } },
    });
    if (values.peak !== undefined) return peak(Number(values.peak));
    if (values.exact !== undefined) return againstExact(Number(values.exact));
    const sizes = (values.sizes ?? '100,300,1000,2000').split(',').map(Number);
    const growth = sizes.map((hosts) => measure(hosts));
    const judged = growth.find((one) => one.hosts === 1000);
    return {
      vmsPerHost,
      growth,
      ...(judged === undefined
        ? {}
        : {
            bars: [
              bar('relieving: full plan, ms', judged.hot.fullMs, bars.fullPlanMs),
              bar('consolidating: full plan, ms', judged.cold.fullMs, bars.fullPlanMs),
              bar('balancing: full plan, ms', judged.uneven.fullMs, bars.fullPlanMs),
              bar('relieving: next tick, ms', judged.hot.nextMs, bars.incrementalMs),
              bar('consolidating: next tick, ms', judged.cold.nextMs, bars.incrementalMs),
              bar('balancing: next tick, ms', judged.uneven.nextMs, bars.incrementalMs),
              bar('RSS, MiB', judged.rssMiB, bars.rssMiB),
            ],
          }),
    };
  },
};

/** `--exact N`: the search beside the exact solver on N random fleets of up to 8 hosts and 40 VMs. */
const againstExact = async (fleets: number) => {
  const exact = await loadExactSolver({ seconds: 4, relativeGap: 1e-3 });
  const policy = withDefaults({ reserve: { hosts: 0, share: 0.15 } }) as Policy;
  const results = [];
  for (const kind of ['balance', 'consolidate'] as const) {
    const compared = Array.from({ length: fleets }, (_, seed) => {
      const snapshot = smallFleet(seed + 1, kind === 'balance' ? 0.6 : 0.2);
      return compareWithExact(
        kind,
        { snapshot, judgement: judgementOf(snapshot, 'cold', policy), policy },
        exact,
      );
    }).filter((one) => one !== null);
    const at = (values: readonly number[], share: number) =>
      [...values].sort((a, b) => a - b)[Math.round(share * (values.length - 1))]!;
    const ratios = compared.map((one) => one.ratio);
    const gains = compared.flatMap((one) => one.gain ?? []);
    results.push({
      kind,
      fleets,
      answeredExactly: compared.length,
      objectiveOverOptimum: { median: at(ratios, 0.5), p95: at(ratios, 0.95), worst: at(ratios, 1) },
      shareOfPossibleGain: { median: at(gains, 0.5), p5: at(gains, 0.05), worst: at(gains, 0) },
      bar: 1.05,
      met: at(ratios, 0.95) <= 1.05,
    });
  }
  return results;
};

/** Crowded on some hosts and empty on others. */
const smallFleet = (seed: number, heat: number): Snapshot => {
  const random = seededRandom(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const hostCount = 3 + Math.floor(random() * 6);
  const vms = Array.from({ length: 10 + Math.floor(random() * 31) }, (_, i): Vm => {
    const vcpus = pick([1, 2, 4]);
    const memory = pick([1, 2, 4, 8]) * GiB;
    const host = `host-${Math.floor(random() ** 2 * hostCount)}`;
    return makeVm(
      i,
      host,
      vcpus,
      (0.02 + 0.88 * random()) * heat,
      memory,
      memory * (0.2 + 0.7 * random()),
      start,
    );
  });
  const hosts = Array.from({ length: hostCount }, (_, h) => {
    const here = vms.filter((vm) => vm.host === `host-${h}`);
    const sum = (of: (vm: Vm) => number | null) => here.reduce((total, vm) => total + (of(vm) ?? 0), 0);
    const cores = pick([16, 32]);
    const memBytes = pick([64, 128]) * GiB;
    const host = makeHost(
      `host-${h}`,
      h,
      cores,
      0.2 + sum((vm) => vm.usage.cpuCores),
      GiB + sum((vm) => vm.usage.memBytes),
      start,
      memBytes,
    );
    return { ...host, priority: Math.floor(101 * random()) };
  });
  return { fleet: 'bench', at: start, sequence: seed, hosts, vms };
};

const bar = (what: string, value: number, limit: number) => ({ what, value, bar: limit, met: value < limit });

const measure = (hosts: number) => {
  const hot = timed(hosts, 'hot', defaultPolicy);
  const cold = timed(hosts, 'cold', defaultPolicy);
  const uneven = timed(hosts, 'uneven', withDefaults({ imbalanceMax: 0.1 }) as Policy);
  const main = path.join(import.meta.dirname, 'main.ts');
  const child = execFileSync(process.execPath, [main, 'advise', '--peak', String(hosts)], {
    encoding: 'utf8',
  });
  return { hosts, hot, cold, uneven, ...(JSON.parse(child) as { rssMiB: number }) };
};

/** The most memory that a process of its own needs for a full plan and the next tick, both fleets included. */
const peak = (hosts: number): { rssMiB: number } => {
  let previous: readonly Recommendation[] = [];
  for (const tick of [1, 2]) {
    const snapshot = makeFleet(hosts, 'hot', tick);
    const judgement = judgementOf(snapshot, 'hot', defaultPolicy);
    const advice = advise(
      snapshot,
      judgement,
      { ...noHistory, previous },
      defaultPolicy,
      optionsFor(defaultPolicy),
    );
    previous = advice.recommendations;
  }
  return { rssMiB: Math.round(process.resourceUsage().maxRSS / 1024) };
};

const optionsFor = (policy: Policy): AdviseOptions => ({
  seed: 1,
  forecastMove: (vm, from, to, flowing) =>
    forecastMove(vm, from, to, {
      policy,
      calibration: uncalibrated,
      ...(flowing === undefined ? {} : { flowing }),
    }),
});

type Kind = 'hot' | 'cold' | 'uneven';

const timed = (hosts: number, kind: Kind, policy: Policy) => {
  const look = (tick: number) => {
    const snapshot = makeFleet(hosts, kind, tick);
    return { snapshot, judgement: judgementOf(snapshot, kind, policy) };
  };
  const options = optionsFor(policy);
  const runs = (rounds: number, once: (round: number) => number) =>
    median(Array.from({ length: rounds }, (_, round) => once(round)));
  const first = look(5);
  let last = advise(first.snapshot, first.judgement, noHistory, policy, options);
  const fullMs = runs(3, (round) => {
    const { snapshot, judgement } = look(6 + round);
    collectGarbage();
    const from = process.cpuUsage();
    last = advise(snapshot, judgement, noHistory, policy, options);
    return cpuMsSince(from);
  });
  const nextMs = runs(5, (round) => {
    const { snapshot, judgement } = look(9 + round);
    collectGarbage();
    const from = process.cpuUsage();
    last = advise(snapshot, judgement, { ...noHistory, previous: last.recommendations }, policy, options);
    return cpuMsSince(from);
  });
  return {
    fullMs: Math.round(fullMs),
    nextMs: Math.round(nextMs),
    recommendations: count(last.recommendations.map((one) => one.kind)),
    moves: last.recommendations.reduce((sum, one) => sum + one.moves.length, 0),
    refused: last.refused.map((one) => one.reason).slice(0, 3),
  };
};

/** What making the fleets left behind is not planning's to clear away. */
const collectGarbage = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

/** CPU time, not the clock's: other work on the machine does not count. */
const cpuMsSince = (started: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
};

const count = (kinds: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Planning alone is measured here; judging has its own benchmark. Forecasts stand a little above what is measured. */
const judgementOf = (snapshot: Snapshot, kind: Kind, policy: Policy): Judgement => {
  const load = new Map<string, Load>();
  for (const host of snapshot.hosts) load.set(host.name, host.load);
  for (const vm of snapshot.vms) load.set(vm.uuid, vm.load);
  const finding = (of: Finding['kind'], subject: Finding['subject']): Finding => ({
    id: `${of} ${subject.id}`,
    kind: of,
    severity: 'warning',
    subject,
    since: snapshot.at,
    at: snapshot.at,
    message: '',
    evidence: [],
    rank: 1,
  });
  const fleet = { type: 'fleet' as const, id: snapshot.fleet, name: snapshot.fleet };
  const findings =
    kind === 'hot'
      ? snapshot.hosts
          .filter((host) => (host.load.cpu ?? 0) > policy.loadMax.cpu)
          .map((host) => finding('hotspot', { type: 'host', id: host.name, name: host.name }))
      : [finding(kind === 'cold' ? 'low-load' : 'imbalance', fleet)];
  return {
    at: snapshot.at,
    sequence: snapshot.sequence,
    findings,
    began: [],
    changed: [],
    ended: [],
    classes: new Map(snapshot.vms.map((vm) => [vm.uuid, (vm.load.cpu ?? 0) < 0.3 ? 'low' : 'medium'])),
    classChanges: [],
    blockedHosts: new Set(),
    suspectHosts: new Set(),
    forecast: (subject, dimension, minutes) => {
      const value = load.get(subject)?.[dimension] ?? null;
      return value === null ? null : { minutes, value, low: value * 0.9, high: value * 1.05 };
    },
  };
};

/** One VM in ten is bound by a rule, as in real fleets; two hosts in a hundred are hot, or every third is fuller. */
const makeFleet = (hostCount: number, kind: Kind, tick: number): Snapshot => {
  const random = seededRandom(7);
  const noise = seededRandom(1000 + tick);
  const at = start + tick * 15_000;
  const hosts: Host[] = [];
  const vms: Vm[] = [];
  for (let h = 0; h < hostCount; h += 1) {
    const cores = 64;
    const name = `host-${h}`;
    const level = levelOf(kind, h);
    let cpu = 0.5;
    let mem = 2 * GiB;
    for (let v = 0; v < vmsPerHost; v += 1) {
      const i = h * vmsPerHost + v;
      const vcpus = 2 + 2 * Math.floor(random() * 3);
      const busy = Math.min(
        1,
        ((level * cores) / vmsPerHost / vcpus) * (0.4 + 1.2 * random()) * (0.98 + 0.04 * noise()),
      );
      const memory = (kind === 'cold' ? 2 : 4) * GiB;
      const used = memory * (0.3 + 0.5 * random());
      cpu += busy * vcpus;
      mem += used;
      vms.push({ ...makeVm(i, name, vcpus, busy, memory, used, at), rules: rulesOf(i, h) });
    }
    hosts.push(makeHost(name, h, cores, cpu, mem, at));
  }
  return { fleet: 'bench', at, sequence: tick, hosts, vms };
};

const levelOf = (kind: Kind, h: number): number => {
  if (kind === 'cold') return 0.05;
  if (kind === 'uneven') return h % 3 === 0 ? 0.68 : 0.3;
  return h % 50 === 0 ? 0.84 : 0.5;
};

const rulesOf = (i: number, h: number): VmRules => {
  if (i % 10 !== 0) return freeVmRules;
  switch ((i / 10) % 5) {
    case 0:
      return { ...freeVmRules, neverMigrate: h % 4 === 1 };
    case 1:
      return { ...freeVmRules, antiAffinity: [`pair-${Math.floor(i / 100)}`] };
    case 2:
      return { ...freeVmRules, hostGroup: 'all' };
    case 3:
      return { ...freeVmRules, zoneSpread: `spread-${Math.floor(i / 500)}` };
    default:
      return { ...freeVmRules, cpuFeatures: ['avx2'] };
  }
};

const makeVm = (
  i: number,
  host: string,
  vcpus: number,
  busy: number,
  memory: number,
  used: number,
  at: number,
): Vm => ({
  uuid: `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`,
  name: `vm-${i}`,
  host,
  state: 'running',
  vcpus,
  memory: { maximumBytes: memory, currentBytes: memory, usedBytes: used, source: 'balloon', trusted: true },
  load: { cpu: busy, mem: used / memory, net: null, disk: null },
  pressure: 0,
  usage: {
    cpuCores: busy * vcpus,
    memBytes: used,
    netRxBytesPerSecond: 1e6,
    netTxBytesPerSecond: 1e6,
    diskReadBytesPerSecond: 1e6,
    diskWriteBytesPerSecond: 1e6,
    diskRequestsPerSecond: 100,
  },
  dirtyRate: null,
  priority: 50,
  rules: freeVmRules,
  freshness: 'fresh',
  sampledAt: at,
  source: 'libvirt',
});

const makeHost = (
  name: string,
  h: number,
  cores: number,
  cpu: number,
  mem: number,
  at: number,
  memBytes = 384 * GiB,
): Host => ({
  name,
  zone: `zone-${h % 3}`,
  rack: null,
  groups: ['all'],
  priority: 50,
  labels: {},
  power: 'on',
  maintenance: false,
  neverTarget: false,
  capacity: { cpuCores: cores, memBytes, nicBitsPerSecond: 25e9, diskBytesPerSecond: null },
  cpuModel: 'Skylake',
  cpuFeatures: ['avx2'],
  load: { cpu: cpu / cores, mem: mem / memBytes, net: 0.02, disk: null },
  pressure: 0,
  usage: {
    cpuCores: cpu,
    memBytes: mem,
    netRxBytesPerSecond: 5e7,
    netTxBytesPerSecond: 5e7,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    diskRequestsPerSecond: null,
  },
  freshness: 'fresh',
  sampledAt: at,
  source: 'libvirt',
  trouble: [],
});
