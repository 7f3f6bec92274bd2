import type { Host } from '../fleet/host.ts';
import { dimensions, type Dimension } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Vm } from '../fleet/vm.ts';

/** What a host could still take, in absolute terms: VMs come from hosts of other sizes. */
type Room = Record<Dimension, number> & { vcpus: number; allocation: number };

const needs = (vm: Vm): Room => ({
  cpu: vm.usage.cpuCores ?? vm.vcpus,
  mem: vm.usage.memBytes ?? vm.memory.currentBytes,
  net: 8 * Math.max(vm.usage.netRxBytesPerSecond ?? 0, vm.usage.netTxBytesPerSecond ?? 0),
  disk: (vm.usage.diskReadBytesPerSecond ?? 0) + (vm.usage.diskWriteBytesPerSecond ?? 0),
  vcpus: vm.vcpus,
  allocation: vm.memory.maximumBytes,
});

const capacityOf = (host: Host, dimension: Dimension): number => {
  const { cpuCores, memBytes, nicBitsPerSecond, diskBytesPerSecond } = host.capacity;
  return (
    { cpu: cpuCores, mem: memBytes, net: nicBitsPerSecond, disk: diskBytesPerSecond }[dimension] ?? Infinity
  );
};

const roomOf = (host: Host, vms: readonly Vm[], policy: Policy): Room => {
  const room: Room = {
    cpu: 0,
    mem: 0,
    net: 0,
    disk: 0,
    vcpus: host.capacity.cpuCores * policy.overcommit.cpu,
    allocation: (host.capacity.memBytes - policy.overcommit.hostReservedBytes) * policy.overcommit.mem,
  };
  for (const dimension of dimensions) {
    const limit = policy.loadMax[dimension] - policy.margin;
    const capacity = capacityOf(host, dimension);
    room[dimension] =
      capacity === Infinity ? Infinity : capacity * Math.max(0, limit - (host.load[dimension] ?? 0));
  }
  for (const vm of vms) {
    room.vcpus -= vm.vcpus;
    room.allocation -= vm.memory.maximumBytes;
  }
  return room;
};

const roomKeys = [...dimensions, 'vcpus', 'allocation'] as const;
const fits = (need: Room, room: Room): boolean => roomKeys.every((key) => need[key] <= room[key]);

const mayRunOn = (vm: Vm, host: Host): boolean =>
  (vm.rules.pinnedTo.length === 0 || vm.rules.pinnedTo.includes(host.name)) &&
  (vm.rules.hostGroup === null || host.groups.includes(vm.rules.hostGroup));

const isMovable = (vm: Vm): boolean =>
  !vm.rules.neverMigrate &&
  vm.rules.blockedDevices.length === 0 &&
  (vm.rules.localDiskBytes === 0 || vm.rules.localDisks === 'copy');

/**
 * Whether all VMs of a host fit on others without making a hot spot there. It looks at room and the plainest rules
 * only: the planner, which knows all rules, has the last word.
 */
export class EmptiableCheck {
  readonly #vmsByHost: ReadonlyMap<string, readonly Vm[]>;
  readonly #targets: { host: Host; room: Room }[];

  constructor(targets: readonly Host[], vmsByHost: ReadonlyMap<string, readonly Vm[]>, policy: Policy) {
    this.#vmsByHost = vmsByHost;
    this.#targets = targets
      .map((host) => ({ host, room: roomOf(host, vmsByHost.get(host.name) ?? [], policy) }))
      .sort((a, b) => b.room.allocation - a.room.allocation || (a.host.name < b.host.name ? -1 : 1));
  }

  isEmptiable(host: Host): boolean {
    const vms = (this.#vmsByHost.get(host.name) ?? []).filter((vm) => vm.state !== 'shutoff');
    const largestFirst = [...vms].sort(
      (a, b) => b.memory.maximumBytes - a.memory.maximumBytes || (a.uuid < b.uuid ? -1 : 1),
    );
    const taken = new Map<string, Room>();
    return largestFirst.every((vm) => {
      if (!isMovable(vm)) return false;
      const need = needs(vm);
      for (const target of this.#targets) {
        if (target.host.name === host.name || !mayRunOn(vm, target.host)) continue;
        const room = taken.get(target.host.name) ?? target.room;
        if (!fits(need, room)) continue;
        const left = { ...room };
        for (const key of roomKeys) left[key] -= need[key];
        taken.set(target.host.name, left);
        return true;
      }
      return false;
    });
  }
}
