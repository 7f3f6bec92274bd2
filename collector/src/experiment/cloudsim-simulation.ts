import { CloudsimHost } from './cloudsim-host.ts';
import type { CloudsimMove, CloudsimPolicy } from './cloudsim-reference-policy.ts';
import { HostRecord, VmRecord } from './cloudsim-sla.ts';
import { CloudsimVm } from './cloudsim-vm.ts';
import { hostCount, hostModelOf, migrationMbPerSecond, powerAt, vmSizeOf } from './planetlab-fleet.ts';
import { sampleSeconds, type CpuTrace } from './planetlab-traces.ts';

const daySeconds = 86_400;

export type CloudsimResult = {
  readonly energyKwh: number;
  readonly activeHostHours: number;
  readonly migrations: number;
  readonly slatah: number;
  readonly pdm: number;
  readonly overallSlaViolation: number;
  readonly hostShutdowns: number;
};

/**
 * One day as CloudSim 3.0.3 plays it, in its order of events: VMs are created at 0 with all their MIPS, their work
 * starts at 0.1 s, and from 300.1 s on, every 300 s, all hosts are served anew, idle VMs are deleted and the policy
 * plans; migrations end 9.8 to 27.8 s later, those of equal length at one moment.
 */
export function simulateCloudsim(traces: readonly CpuTrace[], policy: CloudsimPolicy): CloudsimResult {
  return new CloudsimSimulation(traces, policy).run();
}

class CloudsimSimulation {
  readonly #hosts = Array.from({ length: hostCount }, (_, i) => new CloudsimHost(i, hostModelOf(i)));
  readonly #vms: CloudsimVm[];
  readonly #policy: CloudsimPolicy;
  readonly #hostRecords = this.#hosts.map(() => new HostRecord());
  readonly #vmRecords: VmRecord[];
  readonly #vmRecordOf = (vm: CloudsimVm): VmRecord => this.#vmRecords[vm.index]!;
  #servedAt = 0;
  #wattSeconds = 0;
  #migrations = 0;

  constructor(traces: readonly CpuTrace[], policy: CloudsimPolicy) {
    this.#policy = policy;
    this.#vms = traces.map(({ cpu }, i) => new CloudsimVm(i, vmSizeOf(i, traces.length), cpu));
    this.#vmRecords = this.#vms.map(() => new VmRecord());
  }

  run(): CloudsimResult {
    this.#create();
    // CloudSim adds up its clock, which is not quite the same as multiplying.
    let now = 0.1 + sampleSeconds;
    while (now < daySeconds) {
      const busy = this.#serve(now);
      const moves = this.#plan();
      this.#start(moves, now);
      this.#finish(moves, now);
      if (!busy) break;
      now += sampleSeconds;
    }
    return this.#result();
  }

  #create(): void {
    for (const vm of this.#vms) {
      const host = this.#policy.place(vm, this.#hosts);
      if (host === undefined) {
        throw new Error(
          `VM ${vm.index + 1} of ${this.#vms.length} fits no host: the experiment has ${hostCount} hosts, use fewer traces`,
        );
      }
      host.add(vm);
      vm.creating = false;
      vm.home = host;
    }
  }

  /** Serves all hosts anew, charges energy since the last time and deletes idle VMs. */
  #serve(now: number): boolean {
    let busy = false;
    for (const host of this.#hosts) if (this.#serveHost(host, now)) busy = true;
    const elapsed = now - this.#servedAt;
    if (elapsed > 0) {
      let wattSeconds = 0;
      for (const host of this.#hosts) wattSeconds += intervalEnergy(host, elapsed);
      this.#wattSeconds += wattSeconds;
    }
    for (const host of this.#hosts) {
      for (const vm of host.vms) {
        // Trap 1: a VM that asks for nothing at a tick is gone for good.
        if (!vm.migrating && vm.requestedMips === 0) {
          vm.home?.remove(vm);
          vm.home = undefined;
        }
      }
    }
    this.#servedAt = now;
    return busy;
  }

  #serveHost(host: CloudsimHost, now: number): boolean {
    return host.update(now, { host: this.#hostRecords[host.index]!, vm: this.#vmRecordOf });
  }

  #plan(): CloudsimMove[] {
    if (this.#policy.plan === undefined) return [];
    const before = this.#hosts.map((host) => host.vms);
    const moves = this.#policy.plan(this.#hosts);
    for (const host of this.#hosts) host.restore(before[host.index]!);
    return moves;
  }

  #start(moves: readonly CloudsimMove[], now: number): void {
    for (const { vm, target } of moves) {
      target.expect(vm);
      this.#serveHost(target, now);
      if (vm.home !== undefined) this.#serveHost(vm.home, now);
      this.#migrations += 1;
    }
  }

  #finish(moves: readonly CloudsimMove[], now: number): void {
    const ends = Map.groupBy(moves, ({ vm }) => now + vm.ramMb / migrationMbPerSecond);
    for (const [end, ending] of [...ends].sort(([a], [b]) => a - b)) {
      this.#serve(end);
      for (const { vm, target } of ending) {
        vm.home?.remove(vm);
        target.remove(vm);
        vm.migrating = false;
        target.add(vm);
        vm.home = target;
      }
      this.#serve(end);
    }
  }

  #result(): CloudsimResult {
    let activeSeconds = 0;
    let violatedSeconds = 0;
    let hostShutdowns = 0;
    for (const record of this.#hostRecords) {
      record.finish();
      activeSeconds += record.activeSeconds;
      violatedSeconds += record.violatedSeconds;
      hostShutdowns += record.shutdowns;
    }
    let granted = 0;
    let requested = 0;
    let lost = 0;
    for (const record of this.#vmRecords) {
      granted += record.grantedMi;
      requested += record.requestedMi;
      lost += record.lostToMigrationMi;
    }
    return {
      energyKwh: this.#wattSeconds / 3_600_000,
      activeHostHours: activeSeconds / 3600,
      migrations: this.#migrations,
      slatah: ratio(violatedSeconds, activeSeconds),
      pdm: ratio(lost, requested),
      overallSlaViolation: ratio(requested - granted, requested),
      hostShutdowns,
    };
  }
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** The mean of the power before and now; nothing for a host that was off, whatever it is now. */
function intervalEnergy(host: CloudsimHost, seconds: number): number {
  const before = host.previousUtilization;
  if (before === 0) return 0;
  const from = powerAt(host.model, before);
  return (from + (host.power - from) / 2) * seconds;
}
