import { DomainState, Lifecycle, LibvirtErrorNumber } from '@evenkeel/libvirt';
import { RemoteFailure } from '@evenkeel/libvirt/server';
import type { SimClock } from './sim-clock.ts';
import { SimHost, type SimHostPlan } from './sim-host.ts';
import { SimMigration, type SimMigrationOptions } from './sim-migration.ts';
import { SimVm, type SimVmPlan } from './sim-vm.ts';
import type { Demand } from './workload.ts';

export type SimFleetPlan = {
  readonly hosts: readonly (SimHostPlan & { readonly vms: readonly SimVmPlan[] })[];
};

const tickMs = 40;
const forgetMs = 600_000;

/** Hosts and guests that exist only here, and whatever happens to them. */
export class SimFleet {
  readonly hosts = new Map<string, SimHost>();
  readonly clock: SimClock;
  readonly #migrations = new Set<SimMigration>();
  /** Of the last migration of each guest, for those who ask at the target afterwards. */
  readonly #completed = new Map<string, SimMigration>();
  #timer: NodeJS.Timeout | undefined;
  #ticked = 0;

  constructor(plan: SimFleetPlan, clock: SimClock) {
    this.clock = clock;
    for (const { vms, ...host } of plan.hosts) {
      const simulated = new SimHost(host, clock);
      this.hosts.set(host.name, simulated);
      for (const vm of vms) simulated.put(new SimVm(vm));
    }
  }

  host(name: string): SimHost {
    const host = this.hosts.get(name);
    if (!host) throw new Error(`the simulated fleet has no host "${name}"`);
    return host;
  }

  /** By uuid or name. */
  locate(vm: string): { readonly vm: SimVm; readonly host: SimHost } {
    for (const host of this.hosts.values()) {
      for (const candidate of host.vms.values()) {
        if (candidate.plan.uuid === vm || candidate.plan.name === vm) return { vm: candidate, host };
      }
    }
    throw new Error(`the simulated fleet has no VM "${vm}"`);
  }

  /** Begins a live migration; `ended` of what it returns tells how it went. */
  migrate(vm: SimVm, source: SimHost, target: SimHost, options: SimMigrationOptions): SimMigration {
    source.advance();
    target.advance();
    if (target.unpromisedBytes < vm.plan.memBytes) {
      throw new RemoteFailure(
        LibvirtErrorNumber.internal,
        "internal error: qemu unexpectedly closed the monitor: cannot set up guest memory 'pc.ram': Cannot allocate memory",
      );
    }
    const migration = new SimMigration(vm, source, target, options, this.clock.now());
    this.#migrations.add(migration);
    this.#startTicking();
    migration.ended.then(
      () => {
        this.#remember(migration);
      },
      () => undefined,
    );
    return migration;
  }

  migrationOf(vm: SimVm): SimMigration | undefined {
    for (const migration of this.#migrations)
      if (migration.vm === vm && !migration.hasEnded) return migration;
    return undefined;
  }

  completedMigrationOf(uuid: string): SimMigration | undefined {
    return this.#completed.get(uuid);
  }

  /** The guest dies on the spot, as when its QEMU is killed. */
  crash(vm: SimVm, host: SimHost): void {
    host.advance();
    vm.state = DomainState.crashed;
    host.vms.delete(vm.plan.uuid);
    host.lifecycle(vm, Lifecycle.stopped, 2);
  }

  stop(vm: SimVm, host: SimHost): void {
    host.advance();
    vm.state = DomainState.shutoff;
    vm.id = -1;
    host.lifecycle(vm, Lifecycle.stopped, 0);
  }

  start(vm: SimVm, host: SimHost): void {
    if (vm.isRunning) return;
    vm.state = DomainState.running;
    host.put(vm);
    host.lifecycle(vm, Lifecycle.started, 0);
    host.lifecycle(vm, Lifecycle.resumed, 0);
  }

  pause(vm: SimVm, host: SimHost): void {
    host.advance();
    vm.state = DomainState.paused;
    host.lifecycle(vm, Lifecycle.suspended, 0);
  }

  resume(vm: SimVm, host: SimHost): void {
    host.advance();
    vm.state = DomainState.running;
    host.lifecycle(vm, Lifecycle.resumed, 0);
  }

  /** From now on the guest wants this, whatever its workload says. */
  load(vm: SimVm, demand: Partial<Demand>, seconds: number, riseSeconds = 0): void {
    const since = this.clock.now();
    vm.order({ demand, since, until: since + seconds * 1000, riseMs: riseSeconds * 1000 });
  }

  /** The migration of this guest breaks off, as when QEMU on the target dies; the guest runs on where it was. */
  failMigration(vm: SimVm): void {
    const migration = this.migrationOf(vm);
    if (!migration) throw new Error(`VM "${vm.plan.name}" is not being migrated`);
    migration.lose(LibvirtErrorNumber.internal, 'internal error: qemu unexpectedly closed the monitor');
  }

  /** What a host takes with it when it dies. */
  hostLost(host: SimHost): void {
    for (const migration of [...host.migrations]) {
      migration.lose(LibvirtErrorNumber.internal, 'internal error: client socket is closed');
    }
    for (const vm of host.vms.values()) vm.state = DomainState.crashed;
  }

  /** Its guests start again, as those of a host that was switched on again do. */
  hostBack(host: SimHost): void {
    for (const vm of host.vms.values()) {
      vm.state = DomainState.running;
      host.put(vm);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #remember(migration: SimMigration): void {
    const { uuid } = migration.vm.plan;
    this.#completed.set(uuid, migration);
    setTimeout(() => {
      if (this.#completed.get(uuid) === migration) this.#completed.delete(uuid);
    }, forgetMs).unref();
  }

  #startTicking(): void {
    if (this.#timer) return;
    this.#ticked = this.clock.now();
    this.#timer = setInterval(() => {
      this.#tick();
    }, tickMs);
  }

  #tick(): void {
    const now = this.clock.now();
    const seconds = (now - this.#ticked) / 1000;
    this.#ticked = now;
    for (const migration of this.#migrations) {
      migration.source.advance();
      migration.tick(seconds);
      if (migration.hasEnded) this.#migrations.delete(migration);
    }
    if (this.#migrations.size === 0) this.close();
  }
}
