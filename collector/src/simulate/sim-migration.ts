import { DomainState, JobOperation, JobType, Lifecycle, LibvirtErrorNumber } from '@evenkeel/libvirt';
import type { JobStats } from '@evenkeel/libvirt';
import { RemoteFailure } from '@evenkeel/libvirt/server';
import { GuestMemory, pageBytes } from './guest-memory.ts';
import { randomStream, seedFor } from './noise.ts';
import type { SimHost } from './sim-host.ts';
import type { SimVm } from './sim-vm.ts';

export type SimMigrationOptions = {
  readonly postCopyAllowed: boolean;
  readonly autoConverge: boolean;
  readonly throttleInitial: number;
  readonly throttleIncrement: number;
  readonly connections: number;
  readonly compressed: boolean;
  readonly staysPaused: boolean;
  /** Bytes per second; null: what the link gives. */
  bandwidth: number | null;
  downtimeMs: number;
};

type Phase = 'preparing' | 'copying' | 'switching' | 'post-copy' | 'done' | 'failed';

/** What one stream of QEMU can push through one core, whatever the link. */
const streamBytesPerSecond = 1.35e9;
const zeroScanBytesPerSecond = 5e9;
const throttleMost = 99;

/**
 * One live migration, page by page: the guest writes pages, a sender goes round over what is dirty, and when little
 * enough is left the guest stops. How long all that takes is not computed anywhere; it happens.
 */
export class SimMigration {
  readonly vm: SimVm;
  readonly source: SimHost;
  readonly target: SimHost;
  readonly options: SimMigrationOptions;
  readonly startedAt: number;
  readonly ended: Promise<void>;
  readonly #memory: GuestMemory;
  readonly #random: () => number;
  #phase: Phase = 'preparing';
  #elapsed = 0;
  readonly #prepareSeconds: number;
  readonly #switchSeconds: number;
  #stopSeconds = 0;
  #downtime = 0;
  #sentBytes = 0;
  #sentPages = 0;
  #zeroPages = 0;
  #iteration = 0;
  #bandwidth = 0;
  #dirtyPagesPerSecond = 0;
  #passStarted = 0;
  #passBytes = 0;
  #behind = 0;
  #abortAsked = false;
  #postCopyAsked = false;
  #wasPaused = false;
  #pageRequests = 0;
  #resolve: () => void = () => undefined;
  #reject: (cause: Error) => void = () => undefined;

  constructor(vm: SimVm, source: SimHost, target: SimHost, options: SimMigrationOptions, now: number) {
    this.vm = vm;
    this.source = source;
    this.target = target;
    this.options = options;
    this.startedAt = now;
    const seed = seedFor(vm.plan.seed, `${now}`);
    this.#random = randomStream(seed);
    const touched = Math.min(1, Math.max(0.05, vm.rssBytes / vm.plan.memBytes));
    this.#memory = new GuestMemory(vm.plan.memBytes, touched, vm.plan.hot ?? { share: 0.85, of: 0.06 }, seed);
    this.#prepareSeconds = 0.15 + 0.25 * this.#random();
    this.#switchSeconds = 0.025 + 0.06 * this.#random();
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    source.migrations.add(this);
    target.migrations.add(this);
  }

  get isCopying(): boolean {
    return this.#phase === 'copying' || this.#phase === 'switching' || this.#phase === 'post-copy';
  }

  get hasEnded(): boolean {
    return this.#phase === 'done' || this.#phase === 'failed';
  }

  get isPostCopy(): boolean {
    return this.#phase === 'post-copy';
  }

  abort(): void {
    if (this.#phase === 'post-copy') {
      throw new RemoteFailure(
        LibvirtErrorNumber.operationInvalid,
        'Requested operation is not valid: cannot abort migration in post-copy mode',
      );
    }
    this.#abortAsked = true;
  }

  startPostCopy(): void {
    if (!this.options.postCopyAllowed) {
      throw new RemoteFailure(
        LibvirtErrorNumber.operationInvalid,
        'Requested operation is not valid: switching to post-copy requires migration to be started with VIR_MIGRATE_POSTCOPY flag',
      );
    }
    this.#postCopyAsked = true;
  }

  /** `seconds` pass. */
  tick(seconds: number): void {
    if (this.hasEnded) return;
    this.#elapsed += seconds;
    if (!this.vm.isRunning && this.vm.state !== DomainState.paused) {
      this.#fail(LibvirtErrorNumber.operationFailed, 'operation failed: domain is not running');
    } else if (this.#abortAsked && this.#phase !== 'switching' && this.#phase !== 'preparing') {
      this.#fail(
        LibvirtErrorNumber.operationAborted,
        "operation aborted: job 'migration out' canceled by client",
      );
    } else if (this.#phase === 'preparing') this.#prepare();
    else if (this.#phase === 'copying') this.#copy(seconds);
    else if (this.#phase === 'switching') this.#switch(seconds);
    else this.#pull(seconds);
  }

  /** The other end is gone. */
  lose(code: number, message: string): void {
    if (!this.hasEnded) this.#fail(code, message);
  }

  stats(): Partial<JobStats> {
    const elapsed = BigInt(Math.round(this.#elapsed * 1000));
    const shared = {
      operation: JobOperation.migrationOut,
      timeElapsed: elapsed,
      setupTime: BigInt(Math.round(this.#prepareSeconds * 1000)),
    };
    if (this.#phase === 'preparing')
      return { ...shared, type: JobType.unbounded, memoryTotal: 0n, dataTotal: 0n };
    const total = BigInt(this.#memory.pages * pageBytes);
    const processed = BigInt(Math.round(this.#sentBytes));
    const remaining = BigInt(this.hasEnded ? 0 : (this.#memory.passLeft + this.#memory.dirtied) * pageBytes);
    return {
      ...shared,
      type: this.hasEnded ? JobType.completed : JobType.unbounded,
      downtime: BigInt(Math.round(this.hasEnded ? this.#downtime * 1000 : this.#expectedStop() * 1000)),
      dataTotal: total,
      dataProcessed: processed,
      dataRemaining: remaining,
      memoryTotal: total,
      memoryProcessed: processed,
      memoryRemaining: remaining,
      memoryBps: BigInt(Math.round(this.#bandwidth)),
      memoryConstant: BigInt(this.#zeroPages),
      memoryNormal: BigInt(this.#sentPages),
      memoryNormalBytes: BigInt(this.#sentPages * pageBytes),
      memoryDirtyRate: BigInt(Math.round(this.#dirtyPagesPerSecond)),
      memoryPageSize: BigInt(pageBytes),
      memoryIteration: BigInt(this.#iteration),
      memoryPostcopyRequests: BigInt(this.#pageRequests),
      autoConvergeThrottle: Math.round(this.vm.throttle * 100),
    };
  }

  #prepare(): void {
    if (this.#elapsed < this.#prepareSeconds) return;
    if (this.#abortAsked) {
      this.#fail(
        LibvirtErrorNumber.operationAborted,
        "operation aborted: job 'migration out' canceled by client",
      );
      return;
    }
    this.#enter('copying');
    this.#beginPass();
  }

  #copy(seconds: number): void {
    if (this.#postCopyAsked) {
      this.#startPulling();
      return;
    }
    if (this.vm.isRunning) {
      this.#memory.write(this.vm.wants.pageWritesPerSecond * (1 - this.vm.throttle) * seconds);
    }
    this.#sendFor(seconds);
    if (this.#memory.passIsDone) this.#endPass();
  }

  #sendFor(seconds: number): void {
    this.#bandwidth = this.#rate();
    // Pages that were sent before compress well against the copy that the sender kept.
    const page = this.options.compressed && this.#iteration > 1 ? pageBytes * 0.45 : pageBytes + 8;
    const zero = Math.max(9, (pageBytes * this.#bandwidth) / zeroScanBytesPerSecond);
    const { sent, zeros } = this.#memory.send(this.#bandwidth * seconds, { page, zero });
    this.#sentPages += sent;
    this.#zeroPages += zeros;
    const bytes = sent * page + zeros * 9;
    this.#sentBytes += bytes;
    this.#passBytes += bytes;
  }

  #endPass(): void {
    const lasted = Math.max(0.001, this.#elapsed - this.#passStarted);
    const dirtied = this.#memory.dirtied;
    this.#dirtyPagesPerSecond = dirtied / lasted;
    const stop = (dirtied * pageBytes) / this.#bandwidth;
    this.#wasPaused = !this.vm.isRunning;
    if (stop * 1000 <= this.options.downtimeMs || this.#wasPaused) {
      this.#memory.nextPass();
      this.#stopSeconds = this.#switchSeconds;
      this.#enter('switching');
      if (this.vm.isRunning) {
        this.vm.state = DomainState.paused;
        this.source.lifecycle(this.vm, Lifecycle.suspended, 1);
      }
      return;
    }
    if (this.options.autoConverge) this.#throttleIfBehind(dirtied * pageBytes);
    this.#memory.nextPass();
    this.#beginPass();
  }

  #throttleIfBehind(dirtiedBytes: number): void {
    if (dirtiedBytes <= this.#passBytes / 2) return;
    this.#behind += 1;
    if (this.#behind < 2) return;
    this.#behind = 0;
    const now = this.vm.throttle * 100;
    const next = now === 0 ? this.options.throttleInitial : now + this.options.throttleIncrement;
    this.vm.throttle = Math.min(throttleMost, next) / 100;
  }

  #beginPass(): void {
    this.#iteration += 1;
    this.#passStarted = this.#elapsed;
    this.#passBytes = 0;
    this.source.emit({ kind: 'iteration', vm: this.vm, iteration: this.#iteration });
  }

  /** The guest stands still; the last pages go over, then the state of its devices. */
  #switch(seconds: number): void {
    this.#downtime += seconds;
    if (!this.#memory.passIsDone) this.#sendFor(seconds);
    if (!this.#memory.passIsDone) return;
    this.#stopSeconds -= seconds;
    if (this.#stopSeconds <= 0) this.#finish();
  }

  #startPulling(): void {
    this.#memory.nextPass();
    this.#downtime = this.#switchSeconds;
    this.#enter('post-copy');
    this.source.lifecycle(this.vm, Lifecycle.suspended, 7);
    this.#arrive();
    this.target.lifecycle(this.vm, Lifecycle.resumed, 3);
  }

  #pull(seconds: number): void {
    const before = this.#memory.passLeft;
    this.#sendFor(seconds);
    this.#pageRequests += Math.round((before - this.#memory.passLeft) * 0.02);
    if (this.#memory.passIsDone) this.#finish();
  }

  #arrive(): void {
    if (this.source.find(this.vm.plan.uuid) !== this.vm) return;
    this.source.take(this.vm);
    this.vm.state = this.options.staysPaused || this.#wasPaused ? DomainState.paused : DomainState.running;
    this.target.put(this.vm);
    this.target.lifecycle(this.vm, Lifecycle.started, 1);
  }

  #finish(): void {
    const wasPostCopy = this.#phase === 'post-copy';
    this.#arrive();
    if (!wasPostCopy && this.vm.isRunning) this.target.lifecycle(this.vm, Lifecycle.resumed, 1);
    this.#leave('done');
    this.source.lifecycle(this.vm, Lifecycle.stopped, 3);
    this.source.emit({ kind: 'job-completed', vm: this.vm, migration: this });
    this.#resolve();
  }

  #fail(code: number, message: string): void {
    const stood = this.#phase === 'switching';
    this.#leave('failed');
    this.vm.throttle = 0;
    if (stood && !this.#wasPaused && this.vm.state === DomainState.paused) {
      this.vm.state = DomainState.running;
      this.source.lifecycle(this.vm, Lifecycle.resumed, 1);
    }
    this.target.lifecycle(this.vm, Lifecycle.stopped, 5);
    this.#reject(new RemoteFailure(code, message));
  }

  #leave(phase: 'done' | 'failed'): void {
    this.#enter(phase);
    this.source.migrations.delete(this);
    this.target.migrations.delete(this);
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
  }

  #expectedStop(): number {
    return this.#bandwidth > 0 ? (this.#memory.dirtied * pageBytes) / this.#bandwidth : 0;
  }

  #rate(): number {
    const link = Math.min(this.source.linkShare(), this.target.linkShare());
    const wobble = 0.93 + 0.07 * this.#random();
    return (
      Math.max(
        1e5,
        Math.min(link, streamBytesPerSecond * this.options.connections, this.options.bandwidth ?? Infinity),
      ) * wobble
    );
  }
}
