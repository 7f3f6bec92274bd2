import { DomainState } from '@evenkeel/libvirt';
import type { SimClock } from './sim-clock.ts';
import type { SimMigration } from './sim-migration.ts';
import type { SimVm } from './sim-vm.ts';

export type SimHostPlan = {
  readonly name: string;
  readonly uuid: string;
  readonly cores: number;
  readonly memBytes: number;
  readonly nicBitsPerSecond: number;
  readonly cpuModel?: string;
  readonly networks?: readonly string[];
};

export type SimHostEvent =
  | { readonly kind: 'lifecycle'; readonly vm: SimVm; readonly event: number; readonly detail: number }
  | { readonly kind: 'iteration'; readonly vm: SimVm; readonly iteration: number }
  | { readonly kind: 'job-completed'; readonly vm: SimVm; readonly migration: SimMigration };

const hostMemBytes = 1.2e9;
const longestStepSeconds = 2;
const stepsMax = 60;

/** A hypervisor: shares its CPUs among its guests and counts what they used. */
export class SimHost {
  readonly plan: SimHostPlan;
  readonly vms = new Map<string, SimVm>();
  /** Migrations out of and into this host, while they copy. */
  readonly migrations = new Set<SimMigration>();
  readonly cpu = { userNs: 0, kernelNs: 0, idleNs: 0, iowaitNs: 0 };
  /** Of the last moment that was looked at. */
  readonly load = { cores: 0, memBytes: 0, netBytesPerSecond: 0 };
  nicBitsPerSecond: number;
  readonly #clock: SimClock;
  readonly #listeners = new Set<(event: SimHostEvent) => void>();
  #at: number;
  #nextId = 1;

  constructor(plan: SimHostPlan, clock: SimClock) {
    this.plan = plan;
    this.nicBitsPerSecond = plan.nicBitsPerSecond;
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** Lets the guests live up to now; called whenever somebody looks. */
  advance(): void {
    const now = this.#clock.now();
    const seconds = (now - this.#at) / 1000;
    if (seconds <= 0) return;
    const steps = Math.min(stepsMax, Math.max(1, Math.ceil(seconds / longestStepSeconds)));
    for (let step = 0; step < steps; step += 1) {
      this.#step(this.#at + ((step + 0.5) / steps) * seconds * 1000, seconds / steps);
    }
    this.#at = now;
  }

  #step(at: number, seconds: number): void {
    const loadSeconds = this.#clock.loadSeconds(at);
    let cores = 0;
    let mem = hostMemBytes;
    let net = 0;
    for (const vm of this.vms.values()) {
      if (vm.state === DomainState.shutoff || vm.state === DomainState.crashed) continue;
      vm.decide(loadSeconds, at);
      mem += vm.wants.mem * vm.plan.memBytes;
      if (!vm.isRunning) continue;
      vm.wants.cpu *= 1 - vm.throttle;
      cores += vm.wants.cpu * vm.plan.vcpus;
      net += vm.wants.rxBytesPerSecond + vm.wants.txBytesPerSecond;
    }
    const busy = cores / this.plan.cores;
    const granted = busy > 1 ? 1 / busy : 1;
    // Below saturation a vCPU still waits now and then, the fuller the host the more.
    const waitShare = busy < 1 ? 0.04 * busy ** 6 : 0.04;
    for (const vm of this.vms.values()) if (vm.isRunning) vm.use(seconds, granted, waitShare);
    const used = Math.min(cores, this.plan.cores) + 0.004 * this.plan.cores;
    const total = this.plan.cores * seconds;
    const busySeconds = Math.min(total, used * seconds);
    this.cpu.userNs += busySeconds * 0.88 * 1e9;
    this.cpu.kernelNs += busySeconds * 0.12 * 1e9;
    this.cpu.idleNs += (total - busySeconds) * 0.995 * 1e9;
    this.cpu.iowaitNs += (total - busySeconds) * 0.005 * 1e9;
    this.load.cores = cores;
    this.load.memBytes = mem;
    this.load.netBytesPerSecond = net;
  }

  find(uuid: string): SimVm | undefined {
    return this.vms.get(uuid);
  }

  /** Starts the guest here, or brings a migrated one; its counters begin anew. */
  put(vm: SimVm): void {
    this.advance();
    vm.restartCounters(this.#clock.now(), this.#nextId++);
    this.vms.set(vm.plan.uuid, vm);
  }

  take(vm: SimVm): void {
    this.advance();
    this.vms.delete(vm.plan.uuid);
  }

  get freeBytes(): number {
    return Math.max(0, this.plan.memBytes - this.load.memBytes);
  }

  /** What a new guest may take: memory that other active guests were promised is not free, used or not. */
  get unpromisedBytes(): number {
    let promised = hostMemBytes;
    for (const vm of this.vms.values()) if (vm.state !== DomainState.shutoff) promised += vm.plan.memBytes;
    for (const migration of this.migrations) {
      if (migration.target === this) promised += migration.vm.plan.memBytes;
    }
    return this.plan.memBytes - promised;
  }

  /** What one migration gets of this host's NIC, beside the guests' own traffic and the other migrations. */
  linkShare(): number {
    const copying = [...this.migrations].filter((migration) => migration.isCopying).length;
    const capacity = this.nicBitsPerSecond / 8;
    const left = capacity * 0.94 - Math.min(this.load.netBytesPerSecond / 2, capacity * 0.6);
    return left / Math.max(1, copying);
  }

  subscribe(listener: (event: SimHostEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: SimHostEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  lifecycle(vm: SimVm, event: number, detail: number): void {
    this.emit({ kind: 'lifecycle', vm, event, detail });
  }
}
