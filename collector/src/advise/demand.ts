import type { Host } from '../fleet/host.ts';
import type { Vm } from '../fleet/vm.ts';

export const CPU = 0;
export const MEM = 1;
export const NET = 2;
export const DISK = 3;
export const WIDTH = 4;

/** Hosts of different clock rates are compared by the work they can do: cores times clock, relative to the fleet's mean. */
export const speedOf = (host: Host, meanMhz: number): number =>
  host.capacity.cpuMhz === undefined || meanMhz <= 0 ? 1 : host.capacity.cpuMhz / meanMhz;

export const meanMhz = (hosts: readonly Host[]): number => {
  let sum = 0;
  let count = 0;
  for (const host of hosts) {
    if (host.capacity.cpuMhz === undefined) continue;
    sum += host.capacity.cpuMhz;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
};

/** What a host can give, in the units that demands are added up in; NaN where it is not known. */
export const hostCapacity = (host: Host, speed: number, into: Float64Array, at: number): void => {
  const { cpuCores, memBytes, nicBitsPerSecond, diskBytesPerSecond } = host.capacity;
  into[at + CPU] = cpuCores * speed;
  into[at + MEM] = memBytes;
  into[at + NET] = nicBitsPerSecond === null ? NaN : nicBitsPerSecond / 8;
  into[at + DISK] = diskBytesPerSecond ?? NaN;
};

/** What a VM uses now, in the same units; NaN where it is not known, never an invented zero. */
export const vmDemand = (vm: Vm, speed: number, into: Float64Array, at: number): void => {
  const { usage, load, memory } = vm;
  const cores = usage.cpuCores ?? (load.cpu === null ? NaN : load.cpu * vm.vcpus);
  into[at + CPU] = cores * speed;
  // Memory that nobody measured, or that cannot be true, is counted as all that the VM was given.
  const used = usage.memBytes ?? memory.usedBytes;
  into[at + MEM] = used !== null && used >= 0 && used < Infinity ? used : memory.currentBytes;
  into[at + NET] =
    usage.netRxBytesPerSecond === null && usage.netTxBytesPerSecond === null
      ? NaN
      : Math.max(usage.netRxBytesPerSecond ?? 0, usage.netTxBytesPerSecond ?? 0);
  into[at + DISK] =
    usage.diskReadBytesPerSecond === null && usage.diskWriteBytesPerSecond === null
      ? NaN
      : (usage.diskReadBytesPerSecond ?? 0) + (usage.diskWriteBytesPerSecond ?? 0);
};

/** What one unit of a VM's load share stands for, so that a forecast (a share) becomes a demand. */
export const demandPerShare = (vm: Vm, speed: number, dimension: number, now: number): number => {
  if (dimension === CPU) return vm.vcpus * speed;
  const share = dimension === MEM ? vm.load.mem : dimension === NET ? vm.load.net : vm.load.disk;
  if (share !== null && share > 0.01 && now > 0) return now / share;
  return dimension === MEM ? vm.memory.currentBytes : 0;
};
