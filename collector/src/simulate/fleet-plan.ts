import { createHash } from 'node:crypto';
import { hashNoise, randomStream, seedFor } from './noise.ts';
import type { SimHostPlan } from './sim-host.ts';
import type { SimVmPlan } from './sim-vm.ts';
import {
  batchWorkload,
  growingWorkload,
  idleWorkload,
  noisyWorkload,
  rampWorkload,
  serviceWorkload,
  traceWorkload,
  type Workload,
  type WorkloadSize,
} from './workload.ts';

export type FleetPlanOptions = {
  readonly hosts: number;
  readonly vms: number;
  readonly seed: number;
  /** CPU shares 0..1 to be replayed instead of made-up load: one trace for each VM, in turn. */
  readonly traces?: { readonly series: readonly Trace[]; readonly stepSeconds: number };
  /** Arrange a hot host, one that is about to be, cold ones: what a demonstration wants to show. */
  readonly situations?: { readonly atSeconds: number };
};

const gib = 1024 ** 3;
const hostSizes = [
  { cores: 32, memGib: 192, gbit: 10 },
  { cores: 48, memGib: 256, gbit: 10 },
  { cores: 64, memGib: 384, gbit: 25 },
] as const;
const vmSizes = [
  { vcpus: 1, memGib: 2 },
  { vcpus: 2, memGib: 4 },
  { vcpus: 2, memGib: 8 },
  { vcpus: 4, memGib: 8 },
  { vcpus: 4, memGib: 16 },
  { vcpus: 8, memGib: 32 },
] as const;
const services = ['shop', 'mail', 'wiki', 'billing', 'search', 'portal', 'ledger', 'chat'] as const;
const zones = ['a', 'b', 'c'] as const;

export type Trace = { readonly name: string; readonly shares: readonly number[] };

export type PlannedHost = SimHostPlan & {
  readonly zone: string;
  readonly rack: string;
  readonly vms: readonly SimVmPlan[];
};

/** A believable fleet: hosts of three sizes in racks and zones, services in tiers, batch, leaks, noise and idlers. */
export function planFleet(options: FleetPlanOptions): { readonly hosts: readonly PlannedHost[] } {
  const { seed } = options;
  const random = randomStream(seedFor(seed, 'fleet'));
  const hosts = Array.from({ length: options.hosts }, (_, index) => planHost(seed, index));
  const perHost: SimVmPlan[][] = hosts.map(() => []);
  for (let index = 0; index < options.vms; index += 1) {
    // Not dealt out evenly: people fill hosts as they come.
    const host = Math.min(
      options.hosts - 1,
      Math.floor(((index + random() * 0.9) / options.vms) * options.hosts),
    );
    perHost[host]!.push(planVm(options, index, random));
  }
  if (options.situations) arrange(hosts, perHost, seed, options.situations.atSeconds);
  return { hosts: hosts.map((host, index) => ({ ...host, vms: perHost[index]! })) };
}

function planHost(seed: number, index: number): Omit<PlannedHost, 'vms'> {
  const size = hostSizes[Math.floor(hashNoise(seedFor(seed, 'host'), index) ** 1.3 * hostSizes.length)]!;
  const zone = zones[index % zones.length]!;
  return {
    name: `host-${String(index + 1).padStart(2, '0')}`,
    uuid: uuidOf(seed, `host ${index}`),
    cores: size.cores,
    memBytes: size.memGib * gib,
    nicBitsPerSecond: size.gbit * 1e9,
    zone,
    rack: `${zone}${1 + Math.floor(index / zones.length / 8)}`,
    networks: ['br0', 'br-storage'],
  };
}

function planVm({ seed, traces }: FleetPlanOptions, index: number, random: () => number): SimVmPlan {
  const size = vmSizes[Math.min(vmSizes.length - 1, Math.floor(random() ** 1.4 * vmSizes.length))]!;
  const own = seedFor(seed, `vm ${index}`);
  const trace = traces?.series[index % traces.series.length];
  if (traces && trace) {
    const workload = traceWorkload(own, sized(size), trace.shares, traces.stepSeconds);
    return vmPlan(seed, own, `${trace.name}-${index + 1}`, size, workload);
  }
  const { name, workload } = planWorkload(seed, own, index, random, sized(size));
  return vmPlan(seed, own, `${name}-${String(index + 1).padStart(3, '0')}`, size, workload);
}

const sized = (size: { readonly vcpus: number; readonly memGib: number }): WorkloadSize => ({
  vcpus: size.vcpus,
  memBytes: size.memGib * gib,
});

function vmPlan(
  seed: number,
  own: number,
  name: string,
  size: { readonly vcpus: number; readonly memGib: number },
  workload: Workload,
): SimVmPlan {
  const uuid = uuidOf(seed, `vm ${name}`);
  return {
    uuid,
    name,
    vcpus: size.vcpus,
    memBytes: size.memGib * gib,
    workload,
    seed: own,
    disk: `/shared/${uuid}.qcow2`,
    hot: { share: 0.75 + 0.2 * hashNoise(own, 90), of: 0.02 + 0.1 * hashNoise(own, 91) },
    balloon: hashNoise(own, 92) > 0.03,
  };
}

function planWorkload(
  seed: number,
  own: number,
  index: number,
  random: () => number,
  size: WorkloadSize,
): { readonly name: string; readonly workload: Workload } {
  const kind = random();
  const level = 0.2 + 0.55 * random() ** 1.3;
  if (kind < 0.62) {
    const service = services[Math.floor(random() * services.length)]!;
    const tier = (['web', 'app', 'app', 'database'] as const)[index % 4]!;
    const workload = serviceWorkload(own, seedFor(seed, service), size, level, tier);
    return { name: `${service}-${tier === 'database' ? 'db' : tier}`, workload };
  }
  if (kind < 0.75) return { name: 'batch', workload: batchWorkload(own, size, level + 0.2) };
  if (kind < 0.83) return { name: 'cache', workload: growingWorkload(own, size, level * 0.5) };
  if (kind < 0.87) return { name: 'build', workload: noisyWorkload(own, size, 0.9) };
  return { name: 'spare', workload: idleWorkload(own, size) };
}

/** Host 3 runs hot, host 7 will within half an hour, the last two are all but empty. */
function arrange(
  hosts: readonly Omit<PlannedHost, 'vms'>[],
  vms: SimVmPlan[][],
  seed: number,
  atSeconds: number,
): void {
  const size = { vcpus: 8, memGib: 16 };
  const add = (
    host: number,
    name: string,
    from: number,
    to: number,
    startSeconds: number,
    length: number,
  ): void => {
    const own = seedFor(seed, name);
    vms[host]?.push(
      vmPlan(seed, own, name, size, rampWorkload(own, sized(size), from, to, startSeconds, length)),
    );
  };
  const wanted = (host: number, share: number): number =>
    Math.ceil((share * (hosts[host]?.cores ?? 0)) / size.vcpus);
  for (let i = 0; i < wanted(2, 0.78); i += 1) add(2, `render-${i + 1}`, 0.86, 0.94, atSeconds, 600);
  for (let i = 0; i < wanted(6, 0.72); i += 1) add(6, `import-${i + 1}`, 0.25, 0.97, atSeconds + 60, 1800);
  for (const host of [hosts.length - 1, hosts.length - 2]) {
    const spare = vms[host];
    if (spare && spare.length > 3) spare.splice(3);
  }
}

function uuidOf(seed: number, name: string): string {
  const hex = createHash('sha256').update(`${seed} ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
