import type { Host } from '../fleet/host.ts';
import { loadClasses, type LoadClass } from '../fleet/load-class.ts';
import type { Load } from '../fleet/load.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Usage } from '../fleet/usage.ts';
import type { Vm } from '../fleet/vm.ts';
import type { Point } from './point.ts';

/**
 * One read of a host and its VMs, with the class that each VM is in as far as it was judged: a number, 0 low to 2 high.
 * Each fresh VM's point bears the time of its own sample, so that a snapshot written
 * on top of it changes nothing; what is not fresh says only that, and at the time of asking.
 */
export function samplePoints(
  fleet: string,
  host: Host,
  vms: readonly Vm[],
  at: number,
  classes?: ReadonlyMap<string, LoadClass>,
): Point[] {
  const points = [hostPoint(fleet, host, vms, at)];
  for (const vm of vms) points.push(vmPoint(fleet, vm, at, classes?.get(vm.uuid)));
  return points;
}

/** Hosts and VMs of which there is nothing new: written with each snapshot, so that no query comes back empty. */
export function stalePoints(snapshot: Snapshot): Point[] {
  const points: Point[] = [];
  const byHost = Map.groupBy(snapshot.vms, (vm) => vm.host);
  for (const host of snapshot.hosts)
    if (host.freshness !== 'fresh')
      points.push(hostPoint(snapshot.fleet, host, byHost.get(host.name) ?? [], snapshot.at));
  for (const vm of snapshot.vms)
    if (vm.freshness !== 'fresh') points.push(vmPoint(snapshot.fleet, vm, snapshot.at));
  return points;
}

function hostPoint(fleet: string, host: Host, vms: readonly Vm[], at: number): Point {
  const fresh = host.freshness === 'fresh';
  let stale = 0;
  for (const vm of vms) if (vm.freshness !== 'fresh') stale++;
  return {
    measurement: 'host',
    tags: { fleet, host: host.name },
    at: fresh ? (host.sampledAt ?? at) : at,
    fields: {
      ...(fresh ? loadFields(host.load, host.usage) : {}),
      pressure: fresh ? host.pressure : null,
      vms: vms.length,
      vms_stale: stale,
      fresh: Number(fresh),
      age_seconds: host.sampledAt === null ? null : Math.max(0, at - host.sampledAt) / 1000,
      on: host.power === 'unknown' ? null : Number(host.power === 'on'),
      maintenance: Number(host.maintenance),
      troubles: host.trouble.length,
      capacity_cpu_cores: host.capacity.cpuCores,
      capacity_mem_bytes: host.capacity.memBytes,
    },
  };
}

function vmPoint(fleet: string, vm: Vm, at: number, loadClass?: LoadClass): Point {
  const fresh = vm.freshness === 'fresh';
  return {
    measurement: 'vm',
    tags: { fleet, host: vm.host, uuid: vm.uuid, vm: vm.name },
    at: fresh ? (vm.sampledAt ?? at) : at,
    fields: {
      ...(fresh ? loadFields(vm.load, vm.usage) : {}),
      pressure: fresh ? vm.pressure : null,
      fresh: Number(fresh),
      running: Number(vm.state === 'running'),
      state: vm.state,
      vcpus: vm.vcpus,
      mem_maximum_bytes: vm.memory.maximumBytes,
      mem_current_bytes: vm.memory.currentBytes,
      mem_trusted: Number(vm.memory.trusted),
      mem_source: vm.memory.source,
      dirty_bytes_per_second: vm.dirtyRate?.bytesPerSecond,
      class_level: loadClass === undefined ? null : loadClasses.indexOf(loadClass),
    },
  };
}

const loadFields = (load: Load, usage: Usage): Point['fields'] => ({
  cpu: load.cpu,
  mem: load.mem,
  net: load.net,
  disk: load.disk,
  cpu_cores: usage.cpuCores,
  mem_bytes: usage.memBytes,
  net_rx_bytes_per_second: usage.netRxBytesPerSecond,
  net_tx_bytes_per_second: usage.netTxBytesPerSecond,
  disk_read_bytes_per_second: usage.diskReadBytesPerSecond,
  disk_write_bytes_per_second: usage.diskWriteBytesPerSecond,
  disk_requests_per_second: usage.diskRequestsPerSecond,
});
