import type { DomainRef } from '@evenkeel/libvirt';
import type { Source } from '../fleet/freshness.ts';
import { unknownLoad, type Load } from '../fleet/load.ts';
import type { Vm, VmMemory } from '../fleet/vm.ts';
import type { DomainReading } from './domain-reading.ts';
import type { DomainFacts } from './domain-xml.ts';
import { MemoryTrust } from './memory-trust.ts';
import { compareReadings, unknownRates, type TimedReading, type VmRates } from './vm-rates.ts';
import { unreadConstraints, type VmConstraints } from './vm-rules.ts';

/** Less CPU time than this between two readings, and no word from QEMU: it hangs. */
const hungCpuSeconds = 0.001;

/** What a host can give, to set a VM's use against; null where it is not known. */
export type SharedLimits = {
  readonly nicBytesPerSecond: number | null;
  readonly diskBytesPerSecond: number | null;
};

/** One VM on one host, as far as that host has told. */
export class WatchedVm {
  readonly ref: DomainRef;
  reading: DomainReading;
  /** By a clock that does not jump: when it began to run here, and when it was last measured. */
  runningSinceMs: number;
  sampledMs: number;
  /** QEMU does not answer. */
  hung = false;
  facts: DomainFacts | null = null;
  constraints: VmConstraints = unreadConstraints;
  dirtyRate: { readonly bytesPerSecond: number; readonly measuredMs: number } | null = null;
  rates: VmRates = unknownRates;
  memory: VmMemory;
  #baseline: TimedReading | undefined;
  readonly #trust = new MemoryTrust();
  #everAnswered = false;

  constructor(ref: DomainRef, first: TimedReading, wallMs: number) {
    this.ref = ref;
    this.reading = first.reading;
    this.runningSinceMs = first.atMs;
    this.sampledMs = first.atMs;
    this.#baseline = first;
    this.#everAnswered = first.reading.monitorAnswered;
    this.memory = this.#memoryOf(first, wallMs);
  }

  get isRunning(): boolean {
    return this.reading.state === 'running';
  }

  /** Takes the next answer about it. */
  update(now: TimedReading, longestMs: number, wallMs: number): void {
    const before = this.#baseline;
    const wasRunning = this.isRunning;
    this.reading = now.reading;
    if (this.isRunning && !wasRunning) this.runningSinceMs = now.atMs;
    if (this.#isHung(before, now)) {
      this.hung = true;
      this.rates = unknownRates;
      return;
    }
    this.hung = false;
    this.#everAnswered ||= now.reading.monitorAnswered;
    const comparison = compareReadings(before, now, longestMs);
    this.memory = this.#memoryOf(now, wallMs);
    this.sampledMs = now.atMs;
    if (comparison.verdict === 'too-close') return;
    this.rates = comparison.rates;
    this.#baseline = now;
  }

  /** An event said so, before any answer could. */
  setState(state: Vm['state'], atMs: number): void {
    if (state === 'running' && !this.isRunning) this.runningSinceMs = atMs;
    this.reading = { ...this.reading, state };
    this.interrupt();
  }

  /** What comes next cannot be compared with what was. */
  interrupt(): void {
    this.#baseline = undefined;
    this.rates = unknownRates;
  }

  view(
    host: string,
    limits: SharedLimits,
    source: Source,
    freshness: Vm['freshness'],
    wallOf: (ms: number) => number,
  ): Vm {
    const { rates, memory, reading, constraints, dirtyRate } = this;
    const { pressure, ...usage } = rates;
    return {
      uuid: reading.uuid,
      name: reading.name,
      host,
      state: reading.state,
      vcpus: Math.max(1, reading.vcpus),
      memory,
      load: this.isRunning ? this.#load(limits) : unknownLoad,
      pressure,
      usage: { ...usage, memBytes: memory.usedBytes },
      dirtyRate:
        dirtyRate === null
          ? null
          : {
              bytesPerSecond: dirtyRate.bytesPerSecond,
              measuredAt: Math.round(wallOf(dirtyRate.measuredMs)),
            },
      priority: constraints.priority,
      rules: constraints.rules,
      freshness,
      sampledAt: Math.round(wallOf(this.sampledMs)),
      source,
    };
  }

  #load(limits: SharedLimits): Load {
    const { rates, memory, reading } = this;
    const { netRxBytesPerSecond: rx, netTxBytesPerSecond: tx } = rates;
    const { diskReadBytesPerSecond: read, diskWriteBytesPerSecond: write } = rates;
    return {
      cpu: rates.cpuCores === null ? null : rates.cpuCores / Math.max(1, reading.vcpus),
      mem:
        memory.usedBytes === null || memory.currentBytes === 0
          ? null
          : memory.usedBytes / memory.currentBytes,
      // a link carries as much in each direction at once
      net: rx === null || tx === null ? null : shareOf(Math.max(rx, tx), limits.nicBytesPerSecond),
      disk: read === null || write === null ? null : shareOf(read + write, limits.diskBytesPerSecond),
    };
  }

  #isHung(before: TimedReading | undefined, now: TimedReading): boolean {
    if (now.reading.monitorAnswered || !this.#everAnswered || !this.isRunning) return false;
    const then = before?.reading.cpuSeconds;
    const cpu = now.reading.cpuSeconds;
    return then === undefined || cpu === undefined || (cpu >= then && cpu - then < hungCpuSeconds);
  }

  #memoryOf({ reading, atMs }: TimedReading, wallMs: number): VmMemory {
    if (reading.memory !== undefined) return this.#trust.judge(reading.memory, atMs, wallMs / 1000);
    // Nothing was said (yet): what was known stays, and is not trusted.
    const known = this.memory as VmMemory | undefined;
    return known === undefined
      ? { maximumBytes: 1, currentBytes: 0, usedBytes: null, source: 'allocation', trusted: false }
      : { ...known, trusted: false };
  }
}

export const shareOf = (value: number, limit: number | null): number | null =>
  limit === null || limit <= 0 ? null : value / limit;
