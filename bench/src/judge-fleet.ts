import type { Host } from '../../collector/src/fleet/host.ts';
import type { Snapshot } from '../../collector/src/fleet/snapshot.ts';
import { freeVmRules, type Vm } from '../../collector/src/fleet/vm.ts';
import type { Usage } from '../../collector/src/fleet/usage.ts';
import { seededRandom } from '../../collector/src/advise/seeded-random.ts';

const unknownUsage: Usage = {
  cpuCores: null,
  memBytes: null,
  netRxBytesPerSecond: null,
  netTxBytesPerSecond: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  diskRequestsPerSecond: null,
};

const gib = 2 ** 30;

/** A fleet whose VMs each swing around a level of their own, with bursts; a function of the seed and the tick alone. */
export class JudgeFleet {
  readonly #hosts: number;
  readonly #vmsPerHost: number;
  readonly #level: Float32Array;
  /** Made once, as a collector keeps them. */
  readonly #uuids: readonly string[];
  readonly #random: () => number;

  constructor(hosts: number, vmsPerHost: number, seed = 1) {
    this.#hosts = hosts;
    this.#vmsPerHost = vmsPerHost;
    this.#random = seededRandom(seed);
    this.#uuids = Array.from(
      { length: hosts * vmsPerHost },
      (_, i) => `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`,
    );
    this.#level = Float32Array.from({ length: hosts * vmsPerHost }, () => 0.6 * this.#random() ** 2);
  }

  snapshot(at: number, sequence: number): Snapshot {
    const hosts: Host[] = [];
    const vms: Vm[] = [];
    for (let h = 0; h < this.#hosts; h += 1) {
      const name = `host-${h}`;
      let cpu = 0;
      for (let v = 0; v < this.#vmsPerHost; v += 1) {
        const vm = this.#vm(h * this.#vmsPerHost + v, name, at);
        vms.push(vm);
        cpu += (vm.load.cpu ?? 0) / this.#vmsPerHost;
      }
      hosts.push(hostWith(name, at, Math.min(1, 2.2 * cpu)));
    }
    return { fleet: 'bench', at, sequence, hosts, vms };
  }

  #vm(i: number, host: string, at: number): Vm {
    const level = this.#level[i]!;
    const burst = this.#random() < 0.02 ? 0.4 : 0;
    const share = () => Math.min(1, Math.max(0, level * (0.7 + 0.6 * this.#random()) + burst));
    return {
      uuid: this.#uuids[i]!,
      name: `vm-${i}`,
      host,
      state: 'running',
      vcpus: 2,
      memory: {
        maximumBytes: 2 * gib,
        currentBytes: 2 * gib,
        usedBytes: gib,
        source: 'balloon',
        trusted: true,
      },
      load: { cpu: share(), mem: 0.3 + 0.5 * level, net: share() / 4, disk: share() / 4 },
      pressure: 0,
      usage: unknownUsage,
      dirtyRate: null,
      priority: 50,
      rules: freeVmRules,
      freshness: 'fresh',
      sampledAt: at,
      source: 'libvirt',
    };
  }
}

const hostWith = (name: string, at: number, cpu: number): Host => ({
  name,
  zone: null,
  rack: null,
  groups: [],
  priority: 50,
  labels: {},
  power: 'on',
  maintenance: false,
  neverTarget: false,
  capacity: {
    cpuCores: 64,
    memBytes: 128 * gib,
    nicBitsPerSecond: 25e9,
    diskBytesPerSecond: 2e9,
  },
  cpuModel: null,
  load: { cpu, mem: 0.6, net: cpu / 3, disk: cpu / 4 },
  pressure: 0,
  usage: unknownUsage,
  freshness: 'fresh',
  sampledAt: at,
  source: 'libvirt',
  trouble: [],
});
