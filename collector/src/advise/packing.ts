import { hostsForCapacity, hostsNeeded } from './packing-bound.ts';
import { demandBound, type Demand } from './quantile-demand.ts';

/**
 * Packs VMs onto few hosts with few moves. Memory is hard; CPU may be promised beyond what a host has, as far as the
 * demand that is forecast leaves it safe. Hosts and VMs go by their position in the lists that were handed in.
 */
export type PackingHost = {
  readonly memory: number;
  readonly cpu: number;
  /** The most that one virtual CPU can get here. */
  readonly core: number;
  /** What keeping it on costs: a power, a price or a priority. */
  readonly cost: number;
  readonly on: boolean;
  /** Neither emptied nor switched on, e.g. because it is in use otherwise. */
  readonly keep: boolean;
  /** Takes no VM. */
  readonly closed: boolean;
  /** Memory that copies on their way hold here. */
  readonly memoryReserved: number;
};

export type PackingVm = {
  readonly memory: number;
  readonly demand: Demand;
  readonly host: number;
  /** Must stay where it is. */
  readonly fixed: boolean;
};

export type PackingRules = {
  /** A host may take a VM if all stays under its capacity at this many standard deviations above the mean. */
  readonly safeDeviations: number;
  /** It is hot, and relieved, when this many are too much: fewer than `safeDeviations`, so that moves come to rest. */
  readonly hotDeviations: number;
  /**
   * How many VMs of a host may jump to all that they were given at once without the host running short, the rest
   * staying at its mean. This safety is sought first, less of it (down to none) only while more hosts are on than
   * memory and CPU need at the least.
   */
  readonly bursts: number;
};

export type PackingMove = { readonly vm: number; readonly from: number; readonly to: number };

type Place = {
  readonly host: PackingHost;
  readonly index: number;
  on: boolean;
  vms: number[];
  memoryFree: number;
  mean: number;
  variance: number;
  most: number;
};

export class Packing {
  readonly #vms: readonly PackingVm[];
  readonly #rules: PackingRules;
  readonly #places: Place[];
  readonly #at: number[];
  /** What memory, and CPU if all demand stayed at its mean, need at the least. */
  readonly #fewestForMemory: number;
  readonly #fewestForCpu: number;

  constructor(hosts: readonly PackingHost[], vms: readonly PackingVm[], rules: PackingRules) {
    this.#vms = vms;
    this.#rules = rules;
    this.#places = hosts.map((host, index) => ({
      host,
      index,
      on: host.on,
      vms: [],
      memoryFree: host.memory - host.memoryReserved,
      mean: 0,
      variance: 0,
      most: 0,
    }));
    this.#at = vms.map((vm) => vm.host);
    for (const [index, vm] of vms.entries()) this.#enter(index, this.#places[vm.host]!);
    const open = hosts.filter((host) => !host.closed);
    this.#fewestForMemory = hostsNeeded(
      vms.map((vm) => vm.memory),
      open.reduce((most, { memory }) => Math.max(most, memory), 0),
    );
    this.#fewestForCpu = hostsForCapacity(
      open.map(({ cpu }) => cpu),
      vms.reduce((sum, { demand }) => sum + demand.mean, 0),
    );
  }

  /** From where each VM was to where it is now: a VM that was placed twice moves once. */
  moves(): PackingMove[] {
    const moves: PackingMove[] = [];
    for (const [vm, to] of this.#at.entries()) {
      const from = this.#vms[vm]!.host;
      if (from !== to) moves.push({ vm, from, to });
    }
    return moves;
  }

  isEmpty(host: number): boolean {
    return this.#places[host]!.vms.length === 0;
  }

  /** Moves VMs off hot hosts, the least memory first that helps; switches a host on when no other has room. */
  relieve(): void {
    const hot = this.#places
      .filter((place) => this.#isHot(place))
      .sort((a, b) => this.#hotness(b) - this.#hotness(a) || a.index - b.index);
    for (const place of hot) {
      while (this.#isHot(place)) {
        const step = this.#reliefOf(place);
        if (step === undefined) break;
        this.#go(step.vm, step.target);
      }
    }
  }

  /**
   * Empties hosts one after the other, dearest for what it can carry first, as long as every VM of the host finds a
   * safe place on those that stay on.
   */
  consolidate(): void {
    const fewest = Math.max(this.#fewestForMemory, this.#fewestForCpu);
    for (let bursts = this.#rules.bursts; bursts >= 0; bursts--) this.#emptyHosts(bursts, fewest);
  }

  #emptyHosts(bursts: number, fewest: number): void {
    const worth = this.#worth();
    const burden = (place: Place): number =>
      demandBound(place.mean, place.variance, place.most, this.#rules.safeDeviations);
    const order = this.#places
      .filter((place) => place.on && !place.host.keep && place.vms.length > 0)
      .sort(
        (a, b) =>
          worth(b) - worth(a) || burden(a) - burden(b) || a.vms.length - b.vms.length || a.index - b.index,
      );
    let on = this.#hostsOn();
    for (const place of order) {
      if (on <= fewest) return;
      if (place.vms.some((vm) => this.#vms[vm]!.fixed)) continue;
      if (this.#tryToEmpty(place, bursts)) on -= 1;
    }
  }

  get #memoryIsScarce(): boolean {
    return this.#fewestForMemory > this.#fewestForCpu;
  }

  #hostsOn(): number {
    return this.#places.filter((place) => place.on && place.vms.length > 0).length;
  }

  #tryToEmpty(place: Place, bursts: number): boolean {
    const leaving = [...place.vms].sort((a, b) => this.#sizeOf(b) - this.#sizeOf(a) || a - b);
    const done: number[] = [];
    for (const vm of leaving) {
      const target = this.#bestFit(
        vm,
        bursts,
        (other) => other !== place && other.on && other.vms.length > 0,
      );
      if (target === undefined) {
        for (const back of done) this.#go(back, place);
        return false;
      }
      this.#go(vm, target);
      done.push(vm);
    }
    place.on = false;
    return true;
  }

  /** The safe place that the VM fills most in what the fleet is short of; of equals, the one under least pressure. */
  #bestFit(vm: number, bursts: number, allowed: (place: Place) => boolean): Place | undefined {
    let best: Place | undefined;
    let bestFill = 0;
    let bestPressure = 0;
    for (const place of this.#places) {
      if (!allowed(place) || !this.#admits(place, vm, bursts)) continue;
      const pressure = this.#pressureWith(place, vm);
      const fill = this.#memoryIsScarce ? this.#memoryShare(place, this.#vms[vm]!.memory) : pressure;
      if (best === undefined || fill > bestFill || (fill === bestFill && pressure < bestPressure)) {
        bestFill = fill;
        bestPressure = pressure;
        best = place;
      }
    }
    return best;
  }

  #reliefOf(place: Place): { vm: number; target: Place } | undefined {
    const movable = place.vms
      .filter((vm) => !this.#vms[vm]!.fixed)
      .sort(
        (a, b) => this.#vms[a]!.memory - this.#vms[b]!.memory || this.#sizeOf(b) - this.#sizeOf(a) || a - b,
      );
    const targets = new Map<number, Place | undefined>();
    const targetOf = (vm: number): Place | undefined => {
      if (!targets.has(vm)) {
        targets.set(vm, this.#safest(vm, place));
      }
      return targets.get(vm);
    };
    for (const vm of movable) {
      if (!this.#isHotWithout(place, vm)) {
        const target = targetOf(vm);
        if (target !== undefined) return { vm, target };
      }
    }
    // None is enough alone: the one that helps most for its memory.
    const effect = (vm: number): number => {
      const { demand, memory } = this.#vms[vm]!;
      return demandBound(demand.mean, demand.variance, demand.most, this.#rules.hotDeviations) / memory;
    };
    for (const vm of movable.toSorted((a, b) => effect(b) - effect(a))) {
      const target = targetOf(vm);
      if (target !== undefined) return { vm, target };
    }
    return undefined;
  }

  /** On a host that is on, with as much safety as there is; only then on one that must be switched on. */
  #safest(vm: number, source: Place): Place | undefined {
    for (let bursts = this.#rules.bursts; bursts >= 0; bursts--) {
      const target = this.#bestFit(vm, bursts, (other) => other !== source && other.on);
      if (target !== undefined) return target;
    }
    return this.#bestFit(vm, 0, (other) => other !== source && !other.on && !other.host.keep);
  }

  #admits(place: Place, vm: number, bursts: number): boolean {
    const { memory, demand } = this.#vms[vm]!;
    const { host } = place;
    if (host.closed || place.memoryFree < memory) return false;
    const { safeDeviations } = this.#rules;
    const alone =
      bursts > 0 ? demand.most : demandBound(demand.mean, demand.variance, demand.most, safeDeviations);
    if (alone > host.core) return false;
    const mean = place.mean + demand.mean;
    const variance = place.variance + demand.variance;
    if (demandBound(mean, variance, place.most + demand.most, safeDeviations) > host.cpu) return false;
    return bursts === 0 || mean + this.#worstBursts([...place.vms, vm], bursts) <= host.cpu;
  }

  /** How far above the mean the VMs come when those with the highest jumps make them at once. */
  #worstBursts(vms: readonly number[], bursts: number): number {
    return vms
      .map((vm) => this.#vms[vm]!.demand.most - this.#vms[vm]!.demand.mean)
      .sort((a, b) => b - a)
      .slice(0, bursts)
      .reduce((sum, jump) => sum + jump, 0);
  }

  #isHot(place: Place): boolean {
    return place.vms.length > 0 && this.#hotness(place) > 1;
  }

  #isHotWithout(place: Place, without: number): boolean {
    const { demand } = this.#vms[without]!;
    const bound = demandBound(
      place.mean - demand.mean,
      Math.max(0, place.variance - demand.variance),
      place.most - demand.most,
      this.#rules.hotDeviations,
    );
    if (bound > place.host.cpu) return true;
    return place.vms.some((vm) => vm !== without && this.#coreHotness(place, vm) > 1);
  }

  #hotness(place: Place): number {
    let hotness = this.#pressure(place, this.#rules.hotDeviations);
    for (const vm of place.vms) hotness = Math.max(hotness, this.#coreHotness(place, vm));
    return hotness;
  }

  #coreHotness(place: Place, vm: number): number {
    const { mean, variance, most } = this.#vms[vm]!.demand;
    return demandBound(mean, variance, most, this.#rules.hotDeviations) / place.host.core;
  }

  #pressure(place: Place, deviations: number): number {
    return demandBound(place.mean, place.variance, place.most, deviations) / place.host.cpu;
  }

  #pressureWith(place: Place, vm: number): number {
    const { demand } = this.#vms[vm]!;
    const mean = place.mean + demand.mean;
    const variance = place.variance + demand.variance;
    return demandBound(mean, variance, place.most + demand.most, this.#rules.safeDeviations) / place.host.cpu;
  }

  #memoryShare(place: Place, more = 0): number {
    return Number.isFinite(place.host.memory) ? 1 - (place.memoryFree - more) / place.host.memory : 0;
  }

  /** What a host costs for the share of the fleet's demand that it can carry, in the resource that is scarcer on it. */
  #worth(): (place: Place) => number {
    let memory = 0;
    let cpu = 0;
    for (const vm of this.#vms) {
      memory += vm.memory;
      cpu += vm.demand.mean;
    }
    return ({ host }) => host.cost / Math.min(host.memory / memory, host.cpu / cpu);
  }

  /** Larger VMs are placed first: the share that they would take of a typical host. */
  #sizeOf(vm: number): number {
    const { memory, demand } = this.#vms[vm]!;
    const { host } = this.#places[this.#at[vm]!]!;
    const memoryShare = Number.isFinite(host.memory) ? memory / host.memory : 0;
    const bound = demandBound(demand.mean, demand.variance, demand.most, this.#rules.safeDeviations);
    return Math.max(memoryShare, bound / host.cpu);
  }

  #go(vm: number, target: Place): void {
    const source = this.#places[this.#at[vm]!]!;
    const { memory, demand } = this.#vms[vm]!;
    source.vms = source.vms.filter((other) => other !== vm);
    source.memoryFree += memory;
    source.mean -= demand.mean;
    source.variance = Math.max(0, source.variance - demand.variance);
    source.most -= demand.most;
    this.#enter(vm, target);
    target.on = true;
  }

  #enter(vm: number, place: Place): void {
    const { memory, demand } = this.#vms[vm]!;
    place.vms.push(vm);
    place.memoryFree -= memory;
    place.mean += demand.mean;
    place.variance += demand.variance;
    place.most += demand.most;
    this.#at[vm] = place.index;
  }
}
