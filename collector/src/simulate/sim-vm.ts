import { DomainState } from '@evenkeel/libvirt';
import { type Demand, noDemand, type Workload } from './workload.ts';

export type SimVmPlan = {
  readonly uuid: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memBytes: number;
  readonly workload: Workload;
  readonly seed: number;
  readonly network?: string;
  /** Path of its disk; on storage that all hosts see. */
  readonly disk?: string;
  /** XML inside <metadata>, for rules that stand with the domain. */
  readonly metadata?: string;
  /** Where writes go: that share of them into that part of the memory. */
  readonly hot?: { readonly share: number; readonly of: number };
  /** False: the guest's balloon driver says nothing. */
  readonly balloon?: boolean;
};

type LoadOrder = {
  readonly demand: Partial<Demand>;
  readonly since: number;
  readonly until: number;
  /** It is reached in a straight line over this time. */
  readonly riseMs: number;
};

/** A guest: what it wants, what it got, and the counters that the hypervisor keeps of it. */
export class SimVm {
  readonly plan: SimVmPlan;
  readonly wants: Demand = noDemand();
  state: number = DomainState.running;
  id = -1;
  /** Counters since it started on this host; nanoseconds and bytes. */
  cpuNs = 0;
  delayNs = 0;
  readonly net = { rx: 0, tx: 0 };
  readonly disk = { read: 0, written: 0, reads: 0, writes: 0 };
  rssBytes = 0;
  startedAt = 0;
  /** Auto-converge slows the vCPUs by this share. */
  throttle = 0;
  dirtyRate: {
    readonly at: number;
    readonly seconds: number;
    readonly mebibytesPerSecond: number | null;
  } | null = null;
  #order: LoadOrder | null = null;

  constructor(plan: SimVmPlan) {
    this.plan = plan;
  }

  get isRunning(): boolean {
    return this.state === DomainState.running;
  }

  /** Something that no plan foresaw: this demand, whatever the workload says, until then. */
  order(order: LoadOrder): void {
    this.#order = order;
  }

  decide(loadSeconds: number, now: number): void {
    this.plan.workload(loadSeconds, this.wants);
    if (!this.#order) return;
    const { demand, since, until, riseMs } = this.#order;
    if (now >= until) {
      this.#order = null;
      return;
    }
    const done = riseMs === 0 ? 1 : Math.min(1, Math.max(0, (now - since) / riseMs));
    for (const [name, wanted] of Object.entries(demand) as [keyof Demand, number][])
      this.wants[name] += (wanted - this.wants[name]) * done;
  }

  /** `granted`: the share of the CPU time it wanted that it got. */
  use(seconds: number, granted: number, waitShare: number): void {
    const { wants } = this;
    const coreSeconds = wants.cpu * this.plan.vcpus * seconds;
    this.cpuNs += coreSeconds * granted * 1e9;
    this.delayNs += coreSeconds * (1 - granted + granted * waitShare) * 1e9;
    this.net.rx += wants.rxBytesPerSecond * seconds * granted;
    this.net.tx += wants.txBytesPerSecond * seconds * granted;
    const read = wants.readBytesPerSecond * seconds * granted;
    const written = wants.writeBytesPerSecond * seconds * granted;
    this.disk.read += read;
    this.disk.written += written;
    this.disk.reads += read / 32_768;
    this.disk.writes += written / 16_384;
    this.rssBytes = Math.max(this.rssBytes, Math.min(1, wants.mem + 0.1) * this.plan.memBytes);
  }

  /** On another host, or after a start, the hypervisor counts from nothing. */
  restartCounters(now: number, id: number): void {
    this.id = id;
    this.startedAt = now;
    this.cpuNs = 0;
    this.delayNs = 0;
    this.net.rx = 0;
    this.net.tx = 0;
    Object.assign(this.disk, { read: 0, written: 0, reads: 0, writes: 0 });
    this.rssBytes = 0;
    this.throttle = 0;
    this.dirtyRate = null;
  }
}
