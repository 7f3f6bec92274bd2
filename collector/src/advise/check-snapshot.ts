import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import { dimensions } from '../fleet/load.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Usage } from '../fleet/usage.ts';
import type { Vm } from '../fleet/vm.ts';
import type { Refused } from './advice.ts';
import { fleetSubject, hostSubject, vmSubject } from '../judge/describe.ts';

export type SnapshotCheck = {
  /** Hosts by name that nothing may be planned on or onto, because what is said of them cannot be true. */
  readonly untrusted: ReadonlySet<string>;
  /** So much is wrong or unknown that nothing at all may be planned. */
  readonly nothingToPlan: boolean;
  /** What is measured as load is not the work of the VMs: only orders are carried out, nothing is done about load. */
  readonly loadNotBelieved: boolean;
  readonly refused: readonly Refused[];
};

/** With more than this share of the hosts that are on unknown, what remains says too little of the fleet. */
const unknownShareAllowed = 1 / 3;
/** A sample may pass what is possible by this much: its two ends are not read in the same instant. */
const sampleError = 1.25;
/** One host may be busy with something else than its VMs; several at once with this much are a measurement that failed. */
const unexplainedLoad = 0.5;
const unexplainedShareAllowed = 1 / 4;

/** Finds what cannot be true in a snapshot. Bad data blocks advice where it is; much bad data blocks it everywhere. */
export const checkSnapshot = (snapshot: Snapshot, judgement: Judgement): SnapshotCheck => {
  const refused: Refused[] = [];
  const untrusted = new Set<string>();
  const blame = (host: Host, reason: string) => {
    if (untrusted.has(host.name)) return;
    untrusted.add(host.name);
    refused.push({ kind: 'data', subject: hostSubject(host), reason });
  };
  const byName = new Map<string, Host>();
  for (const host of snapshot.hosts) {
    if (byName.has(host.name)) blame(host, `Two hosts of the snapshot are called ${host.name}.`);
    byName.set(host.name, host);
    const wrong = wrongInHost(host);
    if (wrong !== null) blame(host, `What is said of host ${host.name} cannot be true: ${wrong}.`);
  }
  const work = new Map<string, number>();
  const seen = new Map<string, Vm>();
  for (const vm of snapshot.vms) {
    const host = byName.get(vm.host);
    const twin = seen.get(vm.uuid);
    seen.set(vm.uuid, vm);
    if (host === undefined) {
      refused.push({
        kind: 'data',
        subject: vmSubject(vm),
        reason: `VM ${vm.name} is said to run on ${vm.host}, which is no host of this fleet.`,
      });
      continue;
    }
    if (twin !== undefined) {
      const reason = `The uuid ${vm.uuid} is there twice: as ${twin.name} on ${twin.host} and as ${vm.name} on ${vm.host}.`;
      blame(host, reason);
      const other = byName.get(twin.host);
      if (other !== undefined) blame(other, reason);
    }
    const wrong = wrongInVm(vm);
    if (wrong !== null) blame(host, `What is said of VM ${vm.name} on ${vm.host} cannot be true: ${wrong}.`);
    if (vm.state === 'running') work.set(vm.host, (work.get(vm.host) ?? 0) + (vm.usage.cpuCores ?? 0));
  }
  let on = 0;
  let unknown = 0;
  let idle = 0;
  let unexplained = 0;
  let withWork = 0;
  for (const host of snapshot.hosts) {
    if (host.power !== 'on') continue;
    on += 1;
    const used = work.get(host.name);
    const cores = host.capacity.cpuCores;
    if (used !== undefined && host.load.cpu !== null) {
      withWork += 1;
      if (host.load.cpu === 0) idle += 1;
      if (host.load.cpu - used / cores > unexplainedLoad) unexplained += 1;
      if (used > host.load.cpu * cores * sampleError + 0.1 * cores)
        blame(
          host,
          `The samples of ${host.name} contradict each other: its VMs use ${used.toFixed(1)} cores, the host ${(host.load.cpu * cores).toFixed(1)} of ${cores}.`,
        );
    }
    if (untrusted.has(host.name) || judgement.blockedHosts.has(host.name) || host.freshness !== 'fresh')
      unknown += 1;
  }
  const nothingToPlan = refuseAll(snapshot, { on, unknown, idle, withWork }, refused);
  const loadNotBelieved = unexplained > 1 && unexplained > withWork * unexplainedShareAllowed;
  if (loadNotBelieved && !nothingToPlan)
    refused.push({
      kind: 'data',
      subject: fleetSubject(snapshot.fleet),
      reason: `${unexplained} of ${withWork} hosts report far more CPU load than their VMs account for: that looks like a measurement that failed, and moving VMs would not help.`,
    });
  return { untrusted, nothingToPlan, loadNotBelieved, refused };
};

const refuseAll = (
  snapshot: Snapshot,
  { on, unknown, idle, withWork }: { on: number; unknown: number; idle: number; withWork: number },
  refused: Refused[],
): boolean => {
  const say = (reason: string): true => {
    refused.push({ kind: 'data', subject: fleetSubject(snapshot.fleet), reason });
    return true;
  };
  if (snapshot.hosts.length === 0) return say('The fleet has no hosts.');
  if (on === 0) return say('No host of the fleet is known to be on.');
  if (unknown > on * unknownShareAllowed)
    return say(
      `Of ${on} hosts that are on, ${unknown} are stale, partial or give impossible values: too little is known to plan anything.`,
    );
  if (withWork > 1 && idle * 2 > withWork)
    return say(
      `${idle} of ${withWork} hosts report exactly 0 % CPU while VMs run on them: that looks like a measurement that failed, not like idle hosts.`,
    );
  return false;
};

const bad = (value: number | null | undefined): boolean =>
  value !== null && value !== undefined && !(Number.isFinite(value) && value >= 0);

const wrongInUsage = (usage: Usage): string | null => {
  // Written out: this runs for every VM of every tick.
  const wrong =
    bad(usage.cpuCores) ||
    bad(usage.memBytes) ||
    bad(usage.netRxBytesPerSecond) ||
    bad(usage.netTxBytesPerSecond) ||
    bad(usage.diskReadBytesPerSecond) ||
    bad(usage.diskWriteBytesPerSecond) ||
    bad(usage.diskRequestsPerSecond);
  if (!wrong) return null;
  const [name, value] = Object.entries(usage).find(([, one]) => bad(one))!;
  return `${name} is ${String(value)}`;
};

const wrongInHost = (host: Host): string | null => {
  const { cpuCores, memBytes, cpuMhz, nicBitsPerSecond, diskBytesPerSecond } = host.capacity;
  if (!(cpuCores > 0 && Number.isFinite(cpuCores))) return `it has ${cpuCores} CPU cores`;
  if (!(memBytes > 0 && Number.isFinite(memBytes))) return `it has ${memBytes} bytes of memory`;
  if (bad(cpuMhz) || bad(nicBitsPerSecond) || bad(diskBytesPerSecond) || cpuMhz === 0)
    return 'its clock rate, NIC or disk capacity is not a positive number';
  for (const dimension of dimensions) {
    const share = host.load[dimension];
    if (bad(share)) return `its ${dimension} load is ${String(share)}`;
    if (share !== null && share > sampleError)
      return `its ${dimension} load is ${(share * 100).toFixed(0)} %`;
  }
  if (bad(host.pressure)) return `its pressure is ${String(host.pressure)}`;
  return wrongInUsage(host.usage);
};

const wrongInVm = (vm: Vm): string | null => {
  const { maximumBytes, currentBytes, usedBytes } = vm.memory;
  if (!(maximumBytes > 0 && Number.isFinite(maximumBytes))) return `its memory is ${maximumBytes} bytes`;
  if (bad(currentBytes) || bad(usedBytes)) return 'its memory in use is not a positive number';
  if (!(vm.vcpus > 0 && Number.isFinite(vm.vcpus))) return `it has ${vm.vcpus} vCPUs`;
  for (const dimension of dimensions) {
    if (bad(vm.load[dimension])) return `its ${dimension} load is ${String(vm.load[dimension])}`;
  }
  const cores = vm.usage.cpuCores;
  if (cores !== null && cores > vm.vcpus * sampleError + 0.25)
    return `it uses ${cores.toFixed(2)} cores and has ${vm.vcpus} vCPUs`;
  if (bad(vm.rules.localDiskBytes)) return `its local disks are ${vm.rules.localDiskBytes} bytes`;
  return wrongInUsage(vm.usage);
};
