import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import type { Host } from '../../src/fleet/host.ts';
import type { Judgement } from '../../src/fleet/judgement.ts';
import type { Load } from '../../src/fleet/load.ts';
import type { Policy } from '../../src/fleet/policy.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import type { Usage } from '../../src/fleet/usage.ts';
import { freeVmRules, type Vm } from '../../src/fleet/vm.ts';
import { createJudgeState, judge, type JudgeState } from '../../src/judge/judge.ts';

export const monday = Date.UTC(2026, 0, 5);
const gib = 2 ** 30;

const unknownUsage: Usage = {
  cpuCores: null,
  memBytes: null,
  netRxBytesPerSecond: null,
  netTxBytesPerSecond: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  diskRequestsPerSecond: null,
};

export const load = (cpu: number | null, mem: number | null = 0.4): Load => ({
  cpu,
  mem,
  net: 0.1,
  disk: null,
});

export const host = (name: string, given: Partial<Host> = {}): Host => ({
  name,
  zone: null,
  rack: null,
  groups: [],
  priority: 50,
  labels: {},
  power: 'on',
  maintenance: false,
  neverTarget: false,
  capacity: { cpuCores: 16, memBytes: 64 * gib, nicBitsPerSecond: 10e9, diskBytesPerSecond: null },
  cpuModel: null,
  load: load(0.5),
  pressure: 0,
  usage: unknownUsage,
  freshness: 'fresh',
  sampledAt: null,
  source: 'libvirt',
  trouble: [],
  ...given,
});

export const uuidOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

export const vm = (n: number, on: string, given: Partial<Vm> = {}): Vm => ({
  uuid: uuidOf(n),
  name: `vm-${n}`,
  host: on,
  state: 'running',
  vcpus: 2,
  memory: { maximumBytes: 2 * gib, currentBytes: 2 * gib, usedBytes: gib, source: 'balloon', trusted: true },
  load: load(0.2, 0.2),
  pressure: 0,
  usage: { ...unknownUsage, cpuCores: 0.4, memBytes: 2 * gib },
  dirtyRate: null,
  priority: 50,
  rules: freeVmRules,
  freshness: 'fresh',
  sampledAt: null,
  source: 'libvirt',
  ...given,
});

/** Findings about the fleet as a whole keep quiet: what a test wants of them it asks for. */
export const quietPolicy: Policy = {
  ...defaultPolicy,
  imbalanceMax: 1,
  reserve: { ...defaultPolicy.reserve, hosts: 0 },
};

/** A fleet that is judged tick by tick. What is fresh and gives no time of its own was sampled at the tick. */
export class JudgedFleet {
  readonly state: JudgeState = createJudgeState();
  readonly policy: Policy;
  readonly cadenceMs: number;
  at = monday;
  #sequence = 0;

  constructor(policy: Policy = quietPolicy, cadenceMs = 10_000) {
    this.policy = policy;
    this.cadenceMs = cadenceMs;
  }

  snapshot(hosts: readonly Host[], vms: readonly Vm[]): Snapshot {
    const sampled = <T extends Host | Vm>(one: T): T =>
      one.freshness === 'fresh' && one.sampledAt === null ? { ...one, sampledAt: this.at } : one;
    return {
      fleet: 'test',
      at: this.at,
      sequence: this.#sequence,
      hosts: hosts.map(sampled),
      vms: vms.map(sampled),
    };
  }

  tick(hosts: readonly Host[], vms: readonly Vm[] = []): Judgement {
    const judgement = judge(this.snapshot(hosts, vms), this.state, this.policy);
    this.at += this.cadenceMs;
    this.#sequence += 1;
    return judgement;
  }

  ticks(count: number, hosts: readonly Host[], vms: readonly Vm[] = []): Judgement {
    let last = this.tick(hosts, vms);
    for (let i = 1; i < count; i += 1) last = this.tick(hosts, vms);
    return last;
  }
}

export const kindsOf = (judgement: Judgement): string[] =>
  judgement.findings.map(({ kind, subject }) => `${kind} ${subject.name}`).sort();
