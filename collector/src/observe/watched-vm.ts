import type { DomainRef } from '@evenkeel/libvirt';
import type { Source } from '../fleet/freshness.ts';
import { unknownLoad, type Load } from '../fleet/load.ts';
import type { Vm, VmMemory } from '../fleet/vm.ts';
import { mergeReadings, type DomainReading } from './domain-reading.ts';
import type { DomainFacts } from './domain-xml.ts';
import { MemoryTrust } from './memory-trust.ts';
import { turnGroups, type Asked, type TurnGroup } from './read-turns.ts';
import {
  baseRates,
  comparability,
  diskRates,
  pressureRate,
  unknownDiskRates,
  unknownRates,
  type TimedReading,
  type VmRates,
} from './vm-rates.ts';
import { unreadConstraints, type VmConstraints } from './vm-rules.ts';

/** Less CPU time than this between two readings, and no word from QEMU: it hangs. */
const hungCpuSeconds = 0.001;

/** How far apart two readings of a group may be, for a rate between them to tell anything. */
export type LongestMs = Readonly<Record<'base' | TurnGroup, number>>;

/** A counter must have been read so often before its rate is known; an amount only once. */
const readsToKnow: Readonly<Record<TurnGroup, number>> = { memory: 1, disk: 2, pressure: 2 };

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
  /** The same for the groups that are read in turn. */
  readonly #baselines: { disk?: TimedReading; pressure?: TimedReading };
  /** When each group was last measured. */
  readonly #measuredMs: Record<TurnGroup, number | null> = { memory: null, disk: null, pressure: null };
  /** How often each group was read since the last gap. */
  readonly #reads: Record<TurnGroup, number> = { memory: 0, disk: 0, pressure: 0 };
  readonly #trust = new MemoryTrust();
  readonly #everAnswered: Record<TurnGroup, boolean>;
  /** What was told last, and of what: a snapshot tells again what the last sample told. */
  #told: { readonly of: readonly unknown[]; readonly view: Vm } | undefined;

  constructor(ref: DomainRef, first: TimedReading, asked: Asked, wallMs: number) {
    this.ref = ref;
    this.reading = first.reading;
    this.runningSinceMs = first.atMs;
    this.sampledMs = first.atMs;
    this.#baseline = first;
    this.#baselines = { ...(asked.disk && { disk: first }), ...(asked.pressure && { pressure: first }) };
    for (const group of turnGroups) this.#reads[group] = Number(asked[group]);
    this.#everAnswered = { ...first.reading.answered };
    this.memory = this.#memoryOf(first, wallMs);
    if (asked.memory) this.#measuredMs.memory = first.atMs;
  }

  get isRunning(): boolean {
    return this.reading.state === 'running';
  }

  /** Whether the next poll must ask for a group, its turn or not: what can be known of it is not known yet. */
  isMissing(group: TurnGroup): boolean {
    return this.isRunning && (this.hung || this.#reads[group] < readsToKnow[group]);
  }

  /** Takes the next answer about it: of what was asked, and of what every poll asks. */
  update(answer: TimedReading, asked: Asked, longestMs: LongestMs, wallMs: number): void {
    const before = this.#baseline;
    const wasRunning = this.isRunning;
    const now = { ...answer, reading: mergeReadings(this.reading, answer.reading, asked) };
    this.reading = now.reading;
    if (this.isRunning && !wasRunning) this.runningSinceMs = now.atMs;
    const hung = this.#isHung(before, now, asked);
    if (hung === true || (hung === undefined && this.hung)) {
      this.hung = true;
      this.rates = unknownRates;
      return;
    }
    this.hung = false;
    for (const group of turnGroups) this.#everAnswered[group] ||= asked[group] && now.reading.answered[group];
    if (asked.memory) {
      this.memory = this.#memoryOf(now, wallMs);
      this.#measuredMs.memory = now.atMs;
      this.#reads.memory++;
    }
    this.sampledMs = now.atMs;
    const verdict = comparability(before, now, longestMs.base);
    if (verdict === 'gap') this.#forget();
    if (verdict === 'measured') this.rates = { ...this.rates, ...baseRates(before!, now) };
    if (verdict !== 'too-close') this.#baseline = now;
    this.#measure('disk', now, asked, longestMs);
    this.#measure('pressure', now, asked, longestMs);
  }

  /** A group that is read in turn: its rate holds until its next turn, or until that is overdue. */
  #measure(group: 'disk' | 'pressure', now: TimedReading, asked: Asked, longestMs: LongestMs): void {
    const measured = this.#measuredMs[group];
    const before = this.#baselines[group];
    const verdict = asked[group] ? comparability(before, now, longestMs[group]) : 'too-close';
    const overdue = measured !== null && now.atMs - measured > longestMs[group];
    if (verdict === 'measured') {
      const rates = group === 'disk' ? diskRates(before!, now) : pressureRate(before!, now);
      this.rates = { ...this.rates, ...rates };
      this.#measuredMs[group] = now.atMs;
    } else if (verdict === 'gap' || overdue) {
      this.rates = { ...this.rates, ...(group === 'disk' ? unknownDiskRates : { pressure: null }) };
      this.#measuredMs[group] = null;
    }
    if (verdict === 'too-close') return;
    this.#baselines[group] = now;
    this.#reads[group]++;
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
    this.#forget();
  }

  #forget(): void {
    this.rates = unknownRates;
    delete this.#baselines.disk;
    delete this.#baselines.pressure;
    for (const group of ['disk', 'pressure'] as const) {
      this.#reads[group] = 0;
      this.#measuredMs[group] = null;
    }
  }

  view(
    host: string,
    limits: SharedLimits,
    source: Source,
    freshness: Vm['freshness'],
    wallOf: (ms: number) => number,
  ): Vm {
    const { rates, memory, reading, constraints, dirtyRate } = this;
    const { nicBytesPerSecond: nic, diskBytesPerSecond: disk } = limits;
    const sampledAt = Math.round(wallOf(this.sampledMs));
    const of = [
      rates,
      memory,
      reading,
      constraints,
      dirtyRate,
      host,
      nic,
      disk,
      source,
      freshness,
      sampledAt,
    ];
    const told = this.#told;
    if (told?.of.every((part, place) => part === of[place]) === true) return told.view;
    const view = this.#view(host, limits, source, freshness, sampledAt, wallOf);
    this.#told = { of, view };
    return view;
  }

  #view(
    host: string,
    limits: SharedLimits,
    source: Source,
    freshness: Vm['freshness'],
    sampledAt: number,
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
      sampledAt,
      ...(source === 'libvirt' && { measuredAt: this.#measuredAt(wallOf) }),
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

  #measuredAt(wallOf: (ms: number) => number): NonNullable<Vm['measuredAt']> {
    const of = (ms: number | null): number | null => (ms === null ? null : Math.round(wallOf(ms)));
    const { memory, disk, pressure } = this.#measuredMs;
    return { mem: of(memory), disk: of(disk), pressure: of(pressure) };
  }

  /** Undefined when nothing was asked that it would have answered. */
  #isHung(before: TimedReading | undefined, now: TimedReading, asked: Asked): boolean | undefined {
    if (!this.isRunning) return false;
    if (turnGroups.some((group) => asked[group] && now.reading.answered[group])) return false;
    if (!turnGroups.some((group) => asked[group] && this.#everAnswered[group])) return undefined;
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
