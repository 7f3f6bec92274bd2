import type { CloudsimHost } from './cloudsim-host.ts';
import type { VmSize } from './planetlab-fleet.ts';
import { sampleSeconds } from './planetlab-traces.ts';
import { javaStringHash } from './java-hash-order.ts';

const historyLength = 30;

/** A VM as CloudSim 3.0.3 sees it. */
export class CloudsimVm {
  readonly index: number;
  readonly mips: number;
  readonly ramMb: number;
  /** Of its name in CloudSim ("<broker 2>-<index>"), which decides the order inside its hash maps. */
  readonly hash: number;
  /** Where it runs, whatever a planning round tries; nowhere once it is deleted. */
  home: CloudsimHost | undefined;
  migrating = false;
  /** While it is created a VM asks for all of its MIPS; afterwards for what the trace says. */
  creating = true;
  /** CPU loads at the ticks so far, newest first. */
  readonly history: number[] = [];
  /** How many of the newest entries reach to the oldest one that is not 0. */
  historyReach = 0;
  /** The history as shares of a host, per capacity of host: see `historyOn`. */
  readonly #historyOn = new Map<number, Float64Array>();
  readonly #samples: Float64Array;
  #updatedAt = 0;
  #historyAt = 0;
  #demand = 0;

  constructor(index: number, size: VmSize, cpu: Float64Array) {
    this.index = index;
    this.mips = size.mips;
    this.ramMb = size.ramMb;
    this.hash = javaStringHash(`2-${index}`);
    // The last sample is held to the end of the day.
    this.#samples = new Float64Array(cpu.length + 1);
    this.#samples.set(cpu);
    this.#samples[cpu.length] = cpu.at(-1) ?? 0;
  }

  /** The MIPS that it asks for, as of its last update. */
  get requestedMips(): number {
    return this.creating ? this.mips : this.#demand;
  }

  /** Linear between samples. */
  utilizationAt(seconds: number): number {
    if (seconds % sampleSeconds === 0) return this.#samples[seconds / sampleSeconds]!;
    const before = Math.floor(seconds / sampleSeconds);
    const after = Math.ceil(seconds / sampleSeconds);
    const from = this.#samples[before]!;
    const delta = (this.#samples[after]! - from) / ((after - before) * sampleSeconds);
    return from + delta * (seconds - before * sampleSeconds);
  }

  /** Moves the VM's clock; `granted` is what it got until now. Returns whether its work goes on at all. */
  update(seconds: number, granted: number): boolean {
    if (seconds !== this.#updatedAt) {
      this.#updatedAt = seconds;
      this.#demand = this.utilizationAt(seconds) * this.mips;
    }
    // Only the ticks at 300.1, 600.1, ... are remembered, not the ends of migrations in between.
    if (seconds > this.#historyAt && (seconds - 0.1) % sampleSeconds === 0) {
      this.#remember(this.utilizationAt(seconds));
      this.#historyAt = seconds;
    }
    return Math.min(this.#demand, granted) > 0;
  }

  /** The newest `length` loads as shares of a host with that capacity, newest first. */
  historyOn(hostMips: number, length: number): Float64Array {
    let shares = this.#historyOn.get(hostMips);
    if (shares === undefined) {
      shares = new Float64Array(length);
      for (let i = 0; i < Math.min(length, this.history.length); i++) {
        shares[i] = (this.history[i]! * this.mips) / hostMips;
      }
      this.#historyOn.set(hostMips, shares);
    }
    return shares;
  }

  #remember(utilization: number): void {
    this.history.unshift(utilization);
    if (this.history.length > historyLength) this.history.pop();
    let reach = this.history.length;
    while (reach > 0 && this.history[reach - 1] === 0) reach--;
    this.historyReach = reach;
    this.#historyOn.clear();
  }
}
