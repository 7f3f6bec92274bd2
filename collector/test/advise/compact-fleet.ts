import { createHash } from 'node:crypto';
import type { Host } from '../../src/fleet/host.ts';
import type { Load } from '../../src/fleet/load.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import { freeVmRules, type Vm, type VmRules } from '../../src/fleet/vm.ts';

/** The notation of the scenarios; test/scenarios/README.md explains it. */
export type CompactHost = {
  cores?: number;
  /** GiB */
  mem?: number;
  /** Gbit/s; null: not known */
  nic?: number | null;
  /** MB/s; absent: not known */
  disk?: number;
  mhz?: number;
  /** What the host uses besides its VMs, as shares. */
  base?: Partial<Record<keyof Load, number>>;
  /** Instead of what its VMs add up to. */
  load?: Partial<Record<keyof Load, number | null>>;
  trouble?: Host['trouble'];
} & Partial<
  Pick<
    Host,
    | 'zone'
    | 'rack'
    | 'groups'
    | 'priority'
    | 'power'
    | 'maintenance'
    | 'neverTarget'
    | 'energy'
    | 'cpuModel'
    | 'cpuFeatures'
    | 'networks'
    | 'features'
    | 'pressure'
    | 'freshness'
  >
> & { numa?: { cores: number; mem: number }[] };

export type CompactVm = {
  on: string;
  vcpus?: number;
  /** GiB it may grow to */
  mem?: number;
  /** share of its vCPUs in use; null: not known */
  cpu?: number | null;
  /** share of its memory in use */
  used?: number | null;
  /** MB/s */
  net?: number | null;
  disk?: number | null;
  /** MB/s */
  dirty?: number;
  count?: number;
  uuid?: string;
  priority?: number;
  state?: Vm['state'];
  freshness?: Vm['freshness'];
} & Partial<VmRules>;

export type CompactFleet = {
  at?: number;
  hostDefaults?: CompactHost;
  vmDefaults?: Partial<CompactVm>;
  hosts: Record<string, CompactHost | null>;
  vms?: Record<string, CompactVm>;
};

const GiB = 2 ** 30;
export const scenarioTime = Date.UTC(2026, 0, 5, 12);

export const uuidOf = (name: string): string => {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
};

/** Expands the compact notation into a whole snapshot. */
export const expandFleet = (compact: CompactFleet): Snapshot => {
  const at = compact.at ?? scenarioTime;
  const vms = Object.entries(compact.vms ?? {}).flatMap(([name, given]) => {
    const all = { ...compact.vmDefaults, ...given };
    return Array.from({ length: all.count ?? 1 }, (_, i) =>
      expandVm(all.count === undefined ? name : `${name}-${i + 1}`, all, at),
    );
  });
  const hosts = Object.entries(compact.hosts).map(([name, given]) =>
    expandHost(
      name,
      { ...compact.hostDefaults, ...given },
      vms.filter((vm) => vm.host === name),
      at,
    ),
  );
  return { fleet: 'scenario', at, sequence: 1, hosts, vms };
};

const expandVm = (name: string, given: CompactVm, at: number): Vm => {
  const { on, vcpus = 2, mem = 4, cpu = 0.1, used = 0.5, net = 0, disk = 0 } = given;
  const memory = mem * GiB;
  const rules = { ...freeVmRules } as Record<string, unknown>;
  for (const [key, value] of Object.entries(given)) if (Object.hasOwn(freeVmRules, key)) rules[key] = value;
  return {
    uuid: given.uuid ?? uuidOf(name),
    name,
    host: on,
    state: given.state ?? 'running',
    vcpus,
    memory: {
      maximumBytes: memory,
      currentBytes: memory,
      usedBytes: used === null ? null : used * memory,
      source: 'balloon',
      trusted: true,
    },
    load: { cpu, mem: used, net: null, disk: null },
    pressure: 0,
    usage: {
      cpuCores: cpu === null ? null : cpu * vcpus,
      memBytes: used === null ? null : used * memory,
      netRxBytesPerSecond: net === null ? null : net * 1e6,
      netTxBytesPerSecond: net === null ? null : (net * 1e6) / 2,
      diskReadBytesPerSecond: disk === null ? null : (disk * 1e6) / 2,
      diskWriteBytesPerSecond: disk === null ? null : (disk * 1e6) / 2,
      diskRequestsPerSecond: null,
    },
    dirtyRate: given.dirty === undefined ? null : { bytesPerSecond: given.dirty * 1e6, measuredAt: at },
    priority: given.priority ?? 50,
    rules: rules as VmRules,
    freshness: given.freshness ?? 'fresh',
    sampledAt: given.freshness === 'never' ? null : at,
    source: 'file',
  };
};

const expandHost = (name: string, given: CompactHost, vms: readonly Vm[], at: number): Host => {
  const { cores = 16, mem = 64, nic = 10, disk = null } = given;
  const capacity = {
    cpuCores: cores,
    memBytes: mem * GiB,
    nicBitsPerSecond: nic === null ? null : nic * 1e9,
    diskBytesPerSecond: disk === null ? null : disk * 1e6,
    ...(given.mhz === undefined ? {} : { cpuMhz: given.mhz }),
    ...(given.numa === undefined
      ? {}
      : { numaNodes: given.numa.map((node) => ({ cpuCores: node.cores, memBytes: node.mem * GiB })) }),
  };
  const power = given.power ?? 'on';
  const running = power === 'off' ? [] : vms.filter((vm) => vm.state !== 'shutoff');
  const sum = (use: (vm: Vm) => number | null) => running.reduce((total, vm) => total + (use(vm) ?? 0), 0);
  const disks = (vm: Vm) => (vm.usage.diskReadBytesPerSecond ?? 0) + (vm.usage.diskWriteBytesPerSecond ?? 0);
  const load: Load = {
    cpu: (given.base?.cpu ?? 0.01) + sum((vm) => vm.usage.cpuCores) / cores,
    mem: (given.base?.mem ?? 0.02) + sum((vm) => vm.usage.memBytes) / capacity.memBytes,
    net:
      nic === null
        ? null
        : (given.base?.net ?? 0) + sum((vm) => vm.usage.netRxBytesPerSecond) / (nic * 1.25e8),
    disk: disk === null ? null : (given.base?.disk ?? 0) + sum(disks) / (disk * 1e6),
    ...given.load,
  };
  return {
    name,
    zone: given.zone ?? null,
    rack: given.rack ?? null,
    groups: given.groups ?? [],
    priority: given.priority ?? 50,
    labels: {},
    power,
    maintenance: given.maintenance ?? false,
    neverTarget: given.neverTarget ?? false,
    capacity,
    ...(given.energy === undefined ? {} : { energy: given.energy }),
    cpuModel: given.cpuModel ?? null,
    ...(given.cpuFeatures === undefined ? {} : { cpuFeatures: given.cpuFeatures }),
    ...(given.networks === undefined ? {} : { networks: given.networks }),
    ...(given.features === undefined ? {} : { features: given.features }),
    load,
    pressure: given.pressure ?? 0,
    usage: {
      cpuCores: load.cpu === null ? null : load.cpu * cores,
      memBytes: load.mem === null ? null : load.mem * capacity.memBytes,
      netRxBytesPerSecond: load.net === null || nic === null ? null : load.net * nic * 1.25e8,
      netTxBytesPerSecond: load.net === null || nic === null ? null : (load.net * nic * 1.25e8) / 2,
      diskReadBytesPerSecond: null,
      diskWriteBytesPerSecond: null,
      diskRequestsPerSecond: null,
    },
    freshness: given.freshness ?? (power === 'off' ? 'stale' : 'fresh'),
    sampledAt:
      given.freshness === 'never' ? null : given.freshness === 'stale' || power === 'off' ? at - 600_000 : at,
    source: 'file',
    trouble: given.trouble ?? [],
  };
};
