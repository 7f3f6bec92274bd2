import type { Host } from '../fleet/host.ts';
import { unknownLoad } from '../fleet/load.ts';
import type { Usage } from '../fleet/usage.ts';
import { shareOf, type SharedLimits, type WatchedVm } from './watched-vm.ts';
import type { WatchedHost } from './watched-host.ts';

/** A host that has never told what it can give stands in the snapshot all the same; its freshness says `never`. */
const untoldCapacity = { cpuCores: 1, memBytes: 1 };

export function limitsOf(host: WatchedHost): SharedLimits {
  const { capacity } = host;
  return {
    nicBytesPerSecond: capacity?.nicBitsPerSecond == null ? null : capacity.nicBitsPerSecond / 8,
    diskBytesPerSecond: capacity?.diskBytesPerSecond ?? null,
  };
}

export function hostView(
  host: WatchedHost,
  vms: readonly WatchedVm[],
  freshness: Host['freshness'],
  atMs: number,
  wallOf: (ms: number) => number,
): Host {
  const { config, capacity, memory, cpuShare, sampledMs } = host;
  const usage = usageOf(host, vms);
  const limits = limitsOf(host);
  const { netRxBytesPerSecond: rx, netTxBytesPerSecond: tx } = usage;
  const { diskReadBytesPerSecond: read, diskWriteBytesPerSecond: write } = usage;
  return {
    name: config.name,
    zone: config.zone ?? null,
    rack: config.rack ?? null,
    groups: config.groups,
    priority: config.priority,
    labels: config.labels,
    power: freshness === 'fresh' ? 'on' : 'unknown',
    maintenance: config.maintenance,
    neverTarget: config.neverTarget,
    capacity: capacity ?? {
      ...untoldCapacity,
      nicBitsPerSecond: config.nicMegabitsPerSecond === undefined ? null : config.nicMegabitsPerSecond * 1e6,
      diskBytesPerSecond:
        config.diskMegabytesPerSecond === undefined ? null : config.diskMegabytesPerSecond * 1e6,
    },
    ...(config.energy === undefined ? {} : { energy: config.energy }),
    cpuModel: host.cpuModel,
    ...(host.cpuFeatures === undefined ? {} : { cpuFeatures: [...host.cpuFeatures] }),
    features: [...(config.features ?? []), ...(host.postCopy ? (['post-copy'] as const) : [])],
    load:
      sampledMs === null
        ? unknownLoad
        : {
            cpu: cpuShare,
            mem: memory === null ? null : memory.usedBytes / memory.totalBytes,
            net: rx === null || tx === null ? null : shareOf(Math.max(rx, tx), limits.nicBytesPerSecond),
            disk: read === null || write === null ? null : shareOf(read + write, limits.diskBytesPerSecond),
          },
    pressure: pressureOf(vms),
    usage,
    freshness,
    sampledAt: sampledMs === null ? null : Math.round(wallOf(sampledMs)),
    source: host.source,
    trouble: host.troubles.list(atMs),
  };
}

function usageOf(host: WatchedHost, vms: readonly WatchedVm[]): Usage {
  const { cpuShare, capacity, memory } = host;
  const sum = (of: (vm: WatchedVm) => number | null) => sumOfKnown(vms, of);
  return {
    cpuCores: cpuShare === null || capacity === null ? null : cpuShare * capacity.cpuCores,
    memBytes: memory?.usedBytes ?? null,
    // libvirt tells nothing of the host's own links and disks: what its VMs use is what is known of them
    netRxBytesPerSecond: sum((vm) => vm.rates.netRxBytesPerSecond),
    netTxBytesPerSecond: sum((vm) => vm.rates.netTxBytesPerSecond),
    diskReadBytesPerSecond: sum((vm) => vm.rates.diskReadBytesPerSecond),
    diskWriteBytesPerSecond: sum((vm) => vm.rates.diskWriteBytesPerSecond),
    diskRequestsPerSecond: sum((vm) => vm.rates.diskRequestsPerSecond),
  };
}

/** Null as soon as one running VM's part is not known: a sum that leaves it out would be too low. */
function sumOfKnown(vms: readonly WatchedVm[], of: (vm: WatchedVm) => number | null): number | null {
  let sum = 0;
  for (const vm of vms) {
    if (!vm.isRunning) continue;
    const value = of(vm);
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** The mean over its VMs' vCPUs, of those that are known. */
function pressureOf(vms: readonly WatchedVm[]): number | null {
  let waiting = 0;
  let vcpus = 0;
  for (const { rates, reading } of vms) {
    if (rates.pressure === null) continue;
    waiting += rates.pressure * reading.vcpus;
    vcpus += reading.vcpus;
  }
  return vcpus === 0 ? null : waiting / vcpus;
}
