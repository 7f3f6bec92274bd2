import type { Host } from '../../src/fleet/host.ts';
import { unknownLoad } from '../../src/fleet/load.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import { freeVmRules, type Vm } from '../../src/fleet/vm.ts';

const usage = {
  cpuCores: 1,
  memBytes: 1e9,
  netRxBytesPerSecond: null,
  netTxBytesPerSecond: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  diskRequestsPerSecond: null,
};

/** `hosts` hosts with `each` VMs, told apart by their loads. */
export function fixtureSnapshot(at: number, hosts = 3, each = 2): Snapshot {
  const host = (index: number): Host => ({
    name: `host-${index}`,
    zone: index === 0 ? 'a' : 'b',
    rack: null,
    groups: [],
    priority: 50,
    labels: { role: 'test' },
    power: 'on',
    maintenance: false,
    neverTarget: false,
    capacity: { cpuCores: 8, memBytes: 64e9, nicBitsPerSecond: null, diskBytesPerSecond: null },
    cpuModel: null,
    load: { ...unknownLoad, cpu: index / 10 },
    pressure: index === 1 ? null : 0,
    usage,
    freshness: index === 2 ? 'stale' : 'fresh',
    sampledAt: at,
    source: 'libvirt',
    trouble: [],
  });
  const vm = (index: number): Vm => ({
    uuid: `00000000-0000-4000-a000-${String(index).padStart(12, '0')}`,
    name: `vm-${index}`,
    host: `host-${Math.floor(index / each)}`,
    state: 'running',
    vcpus: 2,
    memory: { maximumBytes: 1e9, currentBytes: 1e9, usedBytes: null, source: 'rss', trusted: false },
    load: { cpu: index / 10, mem: 0.123456, net: null, disk: null },
    pressure: 0,
    usage,
    dirtyRate: null,
    priority: 50,
    rules: freeVmRules,
    freshness: 'fresh',
    sampledAt: at,
    source: 'libvirt',
  });
  return {
    fleet: 'test',
    at,
    sequence: 7,
    hosts: Array.from({ length: hosts }, (_, index) => host(index)),
    vms: Array.from({ length: hosts * each }, (_, index) => vm(index)),
  };
}
