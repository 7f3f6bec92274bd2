import { HonestHost, type HonestVm } from './planetlab-honest-host.ts';
import { honestRules } from './planetlab-honest-rules.ts';
import { hostCount, hostModelOf, migrationMbPerSecond, vmSizeOf } from './planetlab-fleet.ts';
import type { FleetView, OrderedMove, Orders, PlanetlabPolicy } from './planetlab-policy.ts';
import { sampleSeconds, type CpuTrace } from './planetlab-traces.ts';

export type HonestResult = {
  readonly energyKwh: number;
  readonly activeHostHours: number;
  readonly migrations: number;
  readonly mostMigrationsOfOneVm: number;
  readonly droppedMoves: number;
  readonly slatah: number;
  readonly pdm: number;
  readonly overallSlaViolation: number;
  readonly hostShutdowns: number;
  readonly hostBoots: number;
};

type Event = { readonly at: number; readonly happen: () => void };

/** One day by the rules of docs/benchmark-planetlab.md; `watch` sees the fleet after every change (for tests). */
export function simulateHonest(
  traces: readonly CpuTrace[],
  policy: PlanetlabPolicy,
  watch?: (now: number, hosts: readonly HonestHost[]) => void,
): HonestResult {
  return new HonestSimulation(traces, policy, watch).run();
}

class HonestSimulation {
  readonly #traces: readonly CpuTrace[];
  readonly #policy: PlanetlabPolicy;
  readonly #watch: ((now: number, hosts: readonly HonestHost[]) => void) | undefined;
  readonly #hosts = Array.from({ length: hostCount }, (_, i) => new HonestHost(i, hostModelOf(i)));
  readonly #vms: HonestVm[] = [];
  /** What policies are shown: filled interval by interval, so that the future cannot leak. */
  readonly #seen: Float64Array[];
  #events: Event[] = [];
  #waiting: OrderedMove[] = [];
  #stopWhenEmpty = new Set<HonestHost>();
  #flowing = 0;
  #migrations = 0;
  #dropped = 0;
  #boots = 0;
  #stops = 0;

  constructor(
    traces: readonly CpuTrace[],
    policy: PlanetlabPolicy,
    watch: ((now: number, hosts: readonly HonestHost[]) => void) | undefined,
  ) {
    this.#traces = traces;
    this.#policy = policy;
    this.#watch = watch;
    this.#seen = traces.map(({ cpu }) => new Float64Array(cpu.length));
  }

  run(): HonestResult {
    this.#placeAll();
    const intervals = this.#traces[0]?.cpu.length ?? 0;
    for (let interval = 0; interval < intervals; interval++) {
      const start = interval * sampleSeconds;
      this.#settleAll(start);
      if (interval > 0) {
        for (const [i, seen] of this.#seen.entries()) {
          seen[interval - 1] = this.#traces[i]!.cpu[interval - 1]!;
        }
      }
      const orders = this.#policy.decide(this.#view(interval));
      for (const vm of this.#vms) vm.demand = this.#traces[vm.index]!.cpu[interval]! * vm.mips;
      for (const host of this.#hosts) host.serve();
      this.#obey(orders, start);
      this.#runUntil(start + sampleSeconds);
    }
    this.#settleAll(intervals * sampleSeconds);
    return this.#result();
  }

  /**
   * The start is the same for every policy, and none of them chose it: VMs in order, each on the first host that has
   * RAM, unreserved MIPS and a core fast enough for all that the VM was promised.
   */
  #placeAll(): void {
    const free = this.#hosts.map(({ model }) => ({ mips: model.mips, ramMb: model.ramMb }));
    for (const index of this.#traces.keys()) {
      const size = vmSizeOf(index, this.#traces.length);
      const host = this.#hosts.find(({ index: i, model }) => {
        const room = free[i]!;
        return model.coreMips >= size.mips && room.mips >= size.mips && room.ramMb >= size.ramMb;
      });
      if (host === undefined) {
        throw new Error(
          `VM ${index + 1} of ${this.#traces.length} fits no host: the experiment has ${hostCount} hosts, use fewer traces`,
        );
      }
      free[host.index]!.mips -= size.mips;
      free[host.index]!.ramMb -= size.ramMb;
      const vm: HonestVm = {
        index,
        ...size,
        host,
        movingTo: undefined,
        demand: 0,
        granted: 0,
        requestedMi: 0,
        grantedMi: 0,
        lostToMigrationMi: 0,
        migrations: 0,
      };
      this.#vms.push(vm);
      host.residents.add(vm);
      host.ramUsedMb += size.ramMb;
      host.power = 'on';
    }
  }

  #view(interval: number): FleetView {
    return {
      interval,
      hosts: this.#hosts.map(({ index, model, power }) => ({ index, model, power })),
      vms: this.#vms.map(({ index, mips, ramMb, host, movingTo }) => ({
        index,
        mips,
        ramMb,
        host: host.index,
        movingTo: movingTo?.index,
        loads: this.#seen[index]!.subarray(0, interval),
      })),
    };
  }

  #obey(orders: Orders, now: number): void {
    for (const index of orders.switchOn) {
      const host = this.#hostOf(index);
      if (host.power !== 'off') throw new Error(`host ${index} cannot be switched on, it is ${host.power}`);
      this.#change(host, now, () => (host.power = 'booting'));
      this.#boots += 1;
      this.#schedule(now + honestRules.bootSeconds, () => {
        this.#change(host, now + honestRules.bootSeconds, () => (host.power = 'on'));
      });
    }
    this.#stopWhenEmpty = new Set(orders.switchOff.map((index) => this.#hostOf(index)));
    for (const { vm: index, target } of orders.moves) {
      const vm = this.#vms[index];
      if (vm === undefined) throw new Error(`there is no VM ${index}`);
      if (vm.movingTo !== undefined) throw new Error(`VM ${index} is being moved already`);
      if (vm.host.index === target) throw new Error(`VM ${index} is on host ${target} already`);
      if (this.#hostOf(target).power === 'off') {
        throw new Error(`VM ${index} cannot move to host ${target}, which is off and was not switched on`);
      }
    }
    this.#waiting = [...orders.moves];
    this.#proceed(now);
  }

  #runUntil(end: number): void {
    for (;;) {
      const next = this.#events[0];
      if (next === undefined || next.at >= end) break;
      this.#events.shift();
      next.happen();
      this.#proceed(next.at);
    }
    this.#dropped += this.#waiting.length;
    this.#waiting = [];
    this.#stopWhenEmpty.clear();
  }

  /** Starts all that can start now, in the order wanted. */
  #proceed(now: number): void {
    this.#waiting = this.#waiting.filter((move) => !this.#tryStart(move, now));
    for (const host of this.#stopWhenEmpty) {
      const expected = this.#waiting.some(({ target }) => target === host.index);
      if (host.power !== 'on' || host.residents.size > 0 || host.copies > 0 || expected) continue;
      this.#stopWhenEmpty.delete(host);
      this.#change(host, now, () => (host.power = 'stopping'));
      this.#schedule(now + honestRules.stopSeconds, () => {
        this.#change(host, now + honestRules.stopSeconds, () => (host.power = 'off'));
        this.#stops += 1;
      });
    }
    this.#watch?.(now, this.#hosts);
  }

  #tryStart({ vm: index, target: targetIndex }: OrderedMove, now: number): boolean {
    const vm = this.#vms[index]!;
    const source = vm.host;
    const target = this.#hostOf(targetIndex);
    if (
      vm.movingTo !== undefined ||
      target.power !== 'on' ||
      source.copies >= honestRules.migrationsPerHost ||
      target.copies >= honestRules.migrationsPerHost ||
      this.#flowing >= honestRules.migrationsInAll ||
      target.ramUsedMb + vm.ramMb > target.model.ramMb
    ) {
      return false;
    }
    this.#settleBoth(source, target, now);
    vm.movingTo = target;
    target.ramUsedMb += vm.ramMb;
    source.copies += 1;
    target.copies += 1;
    this.#flowing += 1;
    this.#migrations += 1;
    vm.migrations += 1;
    source.serve();
    target.serve();
    const load = vm.demand / vm.mips;
    const end = now + vm.ramMb / migrationMbPerSecond / (1 - honestRules.dirtyShare * load);
    this.#schedule(end, () => {
      this.#arrive(vm, source, target, end);
    });
    return true;
  }

  #arrive(vm: HonestVm, source: HonestHost, target: HonestHost, now: number): void {
    this.#settleBoth(source, target, now);
    const missed = vm.granted * honestRules.downtimeSeconds;
    vm.grantedMi -= missed;
    vm.lostToMigrationMi += missed;
    source.residents.delete(vm);
    source.ramUsedMb -= vm.ramMb;
    target.residents.add(vm);
    source.copies -= 1;
    target.copies -= 1;
    this.#flowing -= 1;
    vm.host = target;
    vm.movingTo = undefined;
    source.serve();
    target.serve();
  }

  #change(host: HonestHost, now: number, change: () => void): void {
    host.settle(now);
    change();
    host.serve();
  }

  #settleBoth(source: HonestHost, target: HonestHost, now: number): void {
    source.settle(now);
    target.settle(now);
  }

  #settleAll(now: number): void {
    for (const host of this.#hosts) host.settle(now);
  }

  /** Events of one moment happen in the order in which they were scheduled. */
  #schedule(at: number, happen: () => void): void {
    const later = this.#events.findIndex((event) => event.at > at);
    this.#events.splice(later < 0 ? this.#events.length : later, 0, { at, happen });
  }

  #hostOf(index: number): HonestHost {
    const host = this.#hosts[index];
    if (host === undefined) throw new Error(`there is no host ${index}`);
    return host;
  }

  #result(): HonestResult {
    const sum = (values: Iterable<number>): number => {
      let total = 0;
      for (const value of values) total += value;
      return total;
    };
    const active = sum(this.#hosts.map((host) => host.activeSeconds));
    const requested = sum(this.#vms.map((vm) => vm.requestedMi));
    const per = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
    return {
      energyKwh: sum(this.#hosts.map((host) => host.wattSeconds)) / 3_600_000,
      activeHostHours: active / 3600,
      migrations: this.#migrations,
      mostMigrationsOfOneVm: Math.max(0, ...this.#vms.map((vm) => vm.migrations)),
      droppedMoves: this.#dropped,
      slatah: per(sum(this.#hosts.map((host) => host.violatedSeconds)), active),
      pdm: per(sum(this.#vms.map((vm) => vm.lostToMigrationMi)), requested),
      overallSlaViolation: per(requested - sum(this.#vms.map((vm) => vm.grantedMi)), requested),
      hostShutdowns: this.#stops,
      hostBoots: this.#boots,
    };
  }
}
