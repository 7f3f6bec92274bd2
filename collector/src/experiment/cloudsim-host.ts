import { JavaHashOrder } from './java-hash-order.ts';
import { regressionLength } from './host-overload.ts';
import { powerAt, type HostModel } from './planetlab-fleet.ts';
import type { CloudsimVm } from './cloudsim-vm.ts';
import type { HostRecord, VmRecord } from './cloudsim-sla.ts';

/** What a migration costs in CloudSim: the share of its MIPS that a VM loses, and that the target spends meanwhile. */
const migrationShare = 0.1;

/** A VM's place on a host. While it migrates a VM has two, or even three. */
type Slot = { readonly vm: CloudsimVm; requested: number; granted: number; readonly arriving: boolean };

/**
 * A host with CloudSim 3.0.3's time-shared scheduler that allows over-subscription. RAM and bandwidth count only when
 * a VM is created: afterwards CloudSim books none (a trap that is kept here on purpose).
 */
export class CloudsimHost {
  readonly index: number;
  readonly model: HostModel;
  #slots: Slot[] = [];
  /** VMs that the scheduler still believes to be leaving; it forgets only when it serves them again. */
  readonly #leaving = new Set<CloudsimVm>();
  readonly #order = new JavaHashOrder();
  #available: number;
  #ramFreeMb: number;
  /** 1 Gbit/s against 100 Mbit/s per VM. */
  #linksFree = 10;
  #tidy = true;
  #used = 0;
  #usedBefore = 0;
  #grantedTotal: number | undefined;
  #power: number | undefined;
  #history: LoadHistory | undefined;

  constructor(index: number, model: HostModel) {
    this.index = index;
    this.model = model;
    this.#available = model.mips;
    this.#ramFreeMb = model.ramMb;
  }

  get vms(): readonly CloudsimVm[] {
    return this.#slots.map((slot) => slot.vm);
  }

  get vmCount(): number {
    return this.#slots.length;
  }

  /** Load at the last update: stale while a round plans, which is another trap kept on purpose. */
  get utilization(): number {
    return clamped(this.#used / this.model.mips);
  }

  get previousUtilization(): number {
    return clamped(this.#usedBefore / this.model.mips);
  }

  get power(): number {
    this.#power ??= powerAt(this.model, this.utilization);
    return this.#power;
  }

  /** MIPS granted now, arriving VMs counted in full. */
  get grantedMips(): number {
    if (this.#grantedTotal === undefined) {
      let total = 0;
      for (const slot of this.#slots) {
        if (slot.arriving) total += (slot.granted * (1 - migrationShare)) / migrationShare;
        total += slot.granted;
      }
      this.#grantedTotal = total;
    }
    return this.#grantedTotal;
  }

  get requestedMips(): number {
    let total = 0;
    for (const slot of this.#slots) total += slot.vm.requestedMips;
    return total;
  }

  /** The loads at the last ticks that its present VMs would have made here, newest first. */
  get loadHistory(): LoadHistory {
    if (this.#history === undefined) {
      const loads = new Float64Array(regressionLength);
      let reach = 0;
      for (const { vm } of this.#slots) {
        addInto(loads, vm.historyOn(this.model.mips, regressionLength));
        reach = Math.max(reach, vm.historyReach);
      }
      this.#history = { loads, reach };
    }
    return this.#history;
  }

  /** Whether the scheduler would take the VM as it is now. */
  suits(vm: CloudsimVm): boolean {
    const mips = vm.requestedMips;
    return this.model.coreMips >= mips && this.#available >= mips && this.#hasRoomToCreate(vm);
  }

  /** What trying a VM here leaves behind: the scheduler's sums, made anew in the order of its map. */
  tidy(): void {
    const reordered = this.#order.grow(this.#slots.length + 1);
    if (reordered || !this.#tidy) this.#regrant();
  }

  add(vm: CloudsimVm): void {
    this.#place(vm, false);
    if (vm.creating) {
      this.#ramFreeMb -= vm.ramMb;
      this.#linksFree -= 1;
    }
  }

  remove(vm: CloudsimVm): void {
    this.#slots = without(this.#slots, vm);
    this.#history = undefined;
    this.#regrant();
  }

  /** Takes a VM's incoming copy. */
  expect(vm: CloudsimVm): void {
    vm.migrating = true;
    if (this.#slots.some((slot) => slot.vm === vm && slot.arriving)) return;
    this.#place(vm, true);
  }

  /** Serves every VM anew at this time and records what host and VMs got. Returns whether any work goes on. */
  update(seconds: number, records: { host: HostRecord; vm(vm: CloudsimVm): VmRecord }): boolean {
    let busy = false;
    for (const slot of this.#slots) {
      if (slot.vm.update(seconds, slot.granted)) busy = true;
    }
    this.#usedBefore = this.#used;
    this.#available = this.model.mips;
    let overfull = false;
    for (const slot of this.#slots) {
      slot.requested = slot.vm.requestedMips;
      this.#noteMigration(slot);
      if (!this.#grant(slot)) overfull = true;
    }
    if (overfull) this.#share();
    this.#grantedTotal = undefined;
    this.#history = undefined;
    this.#tidy = false;

    let used = 0;
    let requestedTotal = 0;
    for (const { vm, arriving, granted } of this.#slots) {
      const requested = vm.requestedMips;
      let spent = granted;
      if (!arriving) {
        records.vm(vm).note(seconds, granted, requested, vm.migrating);
        // The lost tenth is work of the host all the same.
        if (vm.migrating) spent /= 1 - migrationShare;
      }
      used += spent;
      requestedTotal += requested;
    }
    this.#used = used;
    this.#power = undefined;
    records.host.note(seconds, used, requestedTotal, used > 0);
    return busy;
  }

  /** Forgets a planning round: only these VMs, in this order, are here. */
  restore(vms: readonly CloudsimVm[]): void {
    this.#slots = [];
    this.#available = this.model.mips;
    this.#grantedTotal = undefined;
    this.#history = undefined;
    for (const vm of vms) this.add(vm);
  }

  #hasRoomToCreate(vm: CloudsimVm): boolean {
    return !vm.creating || (this.#ramFreeMb >= vm.ramMb && this.#linksFree >= 1);
  }

  #place(vm: CloudsimVm, arriving: boolean): void {
    const slot: Slot = { vm, requested: vm.requestedMips, granted: 0, arriving };
    this.#slots.push(slot);
    this.#history = undefined;
    this.#order.grow(this.#slots.length);
    this.#noteMigration(slot);
    if (!this.#grant(slot)) this.#share();
    this.#tidy = false;
    this.#grantedTotal = undefined;
  }

  #noteMigration({ vm, arriving }: Slot): void {
    if (!vm.migrating) this.#leaving.delete(vm);
    else if (!arriving) this.#leaving.add(vm);
  }

  /** Serves one VM from what is left; false when there is too little. */
  #grant(slot: Slot): boolean {
    const wanted = Math.min(slot.requested, this.model.coreMips);
    const needed = slot.arriving ? wanted * migrationShare : wanted;
    if (this.#available < needed) {
      this.#available = 0;
      return false;
    }
    if (this.#leaving.has(slot.vm)) slot.granted = wanted * (1 - migrationShare);
    else slot.granted = slot.arriving ? wanted * migrationShare : wanted;
    this.#available -= needed;
    return true;
  }

  /** Too much is asked for: all get the same share of it, in whole MIPS. */
  #share(): void {
    let total = 0;
    for (const position of this.#mapOrder()) {
      const slot = this.#slots[position]!;
      const wanted = Math.min(slot.requested, this.model.coreMips);
      total += slot.arriving ? wanted * migrationShare : wanted;
    }
    const share = this.model.mips / total;
    for (const slot of this.#slots) {
      const wanted = Math.min(slot.requested, this.model.coreMips);
      if (this.#leaving.has(slot.vm)) slot.granted = Math.floor(wanted * share * (1 - migrationShare));
      else if (slot.arriving) slot.granted = Math.floor(wanted * migrationShare * share);
      else slot.granted = Math.floor(wanted * share);
    }
    this.#available = 0;
  }

  #regrant(): void {
    this.#available = this.model.mips;
    let overfull = false;
    for (const position of this.#mapOrder()) {
      if (!this.#grant(this.#slots[position]!)) overfull = true;
    }
    if (overfull) this.#share();
    this.#tidy = true;
    this.#grantedTotal = undefined;
  }

  #mapOrder(): number[] {
    return this.#order.order(this.#slots.map((slot) => slot.vm.hash));
  }
}

/** `reach`: how many samples back the oldest one lies that is not 0. */
export type LoadHistory = { readonly loads: Float64Array; readonly reach: number };

export const addInto = (sum: Float64Array, more: Float64Array): void => {
  for (let i = 0; i < sum.length; i++) sum[i]! += more[i]!;
};

const without = (slots: readonly Slot[], vm: CloudsimVm): Slot[] => {
  const at = slots.findIndex((slot) => slot.vm === vm);
  return at < 0 ? [...slots] : slots.toSpliced(at, 1);
};

/** Rounding may push a full host a little over 1. */
const clamped = (utilization: number): number => (utilization > 1 && utilization < 1.01 ? 1 : utilization);
