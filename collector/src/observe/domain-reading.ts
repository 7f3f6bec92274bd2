import { DomainState, type DomainStats } from '@evenkeel/libvirt';
import type { Vm } from '../fleet/vm.ts';
import type { Asked } from './read-turns.ts';

/** A device's counters; `id` tells whether it is still the same device. */
export type DeviceCounters = { readonly id: string; readonly counters: readonly number[] };

export type DiskSize = { readonly path: string; readonly bytes: number };

/**
 * What one answer says of one VM, in plain numbers. Counters are doubles: above 2^53 they lose single nanoseconds or
 * bytes, far below what a rate shows.
 */
export type DomainReading = {
  readonly uuid: string;
  readonly name: string;
  /** libvirt's id of this run: another one after a restart. */
  readonly runId: number;
  readonly state: Vm['state'];
  readonly stateReason: number;
  readonly vcpus: number;
  readonly cpuSeconds: number | undefined;
  /** Per vCPU: seconds it was runnable and did not run. */
  readonly delays: readonly DeviceCounters[] | undefined;
  /** Per interface: bytes received, bytes sent. */
  readonly interfaces: readonly DeviceCounters[] | undefined;
  /** Per disk: bytes read, bytes written, requests. */
  readonly disks: readonly DeviceCounters[] | undefined;
  /** Bytes that each disk takes on the host. */
  readonly diskSizes: readonly DiskSize[];
  readonly memory: MemoryReading | undefined;
  /** Which groups QEMU itself answered; else there is only what the host knows without it. */
  readonly answered: Asked;
};

/** A newer reading; of what was not asked this time, what the older one told. */
export const mergeReadings = (older: DomainReading, newer: DomainReading, asked: Asked): DomainReading => ({
  ...newer,
  ...(asked.memory ? {} : { memory: older.memory }),
  ...(asked.disk ? {} : { disks: older.disks, diskSizes: older.diskSizes }),
  ...(asked.pressure ? {} : { delays: older.delays, vcpus: older.vcpus }),
});

export type MemoryReading = {
  readonly maximumBytes: number;
  readonly currentBytes: number;
  /** By the guest's own account; undefined where its balloon driver never spoke. */
  readonly guestUsedBytes: number | undefined;
  /** The guest's last report, seconds since 1970 by the host's clock; 0 if it never came. */
  readonly reportedAt: number;
  readonly residentBytes: number | undefined;
};

const states: ReadonlyMap<number, Vm['state']> = new Map([
  [DomainState.running, 'running'],
  [DomainState.blocked, 'running'],
  [DomainState.paused, 'paused'],
  [DomainState.shutdown, 'running'], // being shut down: it still runs
  [DomainState.shutoff, 'shutoff'],
  [DomainState.crashed, 'crashed'],
  [DomainState.pmSuspended, 'suspended'],
]);

export const stateOf = (state: number | undefined): Vm['state'] => states.get(state ?? 0) ?? 'unknown';

export function readDomain(stats: DomainStats): DomainReading {
  const { domain, state, cpu, vcpu, net, block, balloon } = stats;
  return {
    uuid: domain.uuid,
    name: domain.name,
    runId: domain.id,
    state: stateOf(state?.state),
    stateReason: state?.reason ?? 0,
    vcpus: vcpu?.current ?? 0,
    cpuSeconds: cpu?.time === undefined ? undefined : Number(cpu.time) / 1e9,
    delays: vcpu === undefined ? undefined : delaysOf(vcpu.list),
    interfaces: net === undefined ? undefined : interfacesOf(net.list),
    disks: block === undefined ? undefined : disksOf(block.list),
    diskSizes: sizesOf(block?.list ?? []),
    memory: memoryOf(balloon),
    // what only QEMU can tell; its resident memory, for one, the host knows by itself
    answered: {
      memory: (balloon?.available ?? balloon?.unused ?? balloon?.majorFault) !== undefined,
      disk: block?.list.some(({ rd }) => rd.bytes !== undefined) === true,
      pressure: vcpu?.list.some(({ halted }) => halted !== undefined) === true,
    },
  };
}

function delaysOf(list: NonNullable<DomainStats['vcpu']>['list']): DeviceCounters[] | undefined {
  const delays = list.flatMap(({ index, delay }) =>
    delay === undefined ? [] : [{ id: String(index), counters: [Number(delay) / 1e9] }],
  );
  return delays.length === 0 ? undefined : delays;
}

function interfacesOf(list: NonNullable<DomainStats['net']>['list']): DeviceCounters[] | undefined {
  const interfaces: DeviceCounters[] = [];
  for (const { index, name, rx, tx } of list) {
    if (rx.bytes === undefined || tx.bytes === undefined) return undefined;
    interfaces.push({ id: `${index} ${name ?? ''}`, counters: [Number(rx.bytes), Number(tx.bytes)] });
  }
  return interfaces;
}

function disksOf(list: NonNullable<DomainStats['block']>['list']): DeviceCounters[] | undefined {
  const disks: DeviceCounters[] = [];
  for (const { name, index, path, rd, wr } of list) {
    if (rd.bytes === undefined || wr.bytes === undefined) return undefined;
    const requests = Number(rd.reqs ?? 0n) + Number(wr.reqs ?? 0n);
    disks.push({
      id: `${name ?? index} ${path ?? ''}`,
      counters: [Number(rd.bytes), Number(wr.bytes), requests],
    });
  }
  return disks;
}

function sizesOf(list: NonNullable<DomainStats['block']>['list']): DiskSize[] {
  const sizes: DiskSize[] = [];
  for (const { path, physical, allocation, capacity } of list) {
    const bytes = physical ?? allocation ?? capacity;
    if (path !== undefined && bytes !== undefined) sizes.push({ path, bytes: Number(bytes) });
  }
  return sizes;
}

function memoryOf(balloon: DomainStats['balloon']): MemoryReading | undefined {
  if (balloon?.maximum === undefined) return undefined;
  const bytes = (kibibytes: bigint | undefined) =>
    kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  const available = bytes(balloon.available);
  const unused = bytes(balloon.unused);
  const usable =
    bytes(balloon.usable) ?? (unused === undefined ? undefined : unused + (bytes(balloon.diskCaches) ?? 0));
  return {
    maximumBytes: bytes(balloon.maximum)!,
    currentBytes: bytes(balloon.current ?? balloon.maximum)!,
    guestUsedBytes:
      available === undefined || usable === undefined ? undefined : Math.max(0, available - usable),
    reportedAt: Number(balloon.lastUpdate ?? 0n),
    residentBytes: bytes(balloon.rss),
  };
}
