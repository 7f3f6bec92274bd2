import type { Usage } from '../fleet/usage.ts';
import { counterRate, deviceRates } from './counter-rate.ts';
import type { DomainReading } from './domain-reading.ts';

/** A reading and when it was taken, by a clock that does not jump; `uncertainty` is how far off that may be. */
export type TimedReading = {
  readonly reading: DomainReading;
  readonly atMs: number;
  readonly uncertaintyMs: number;
};

export type VmRates = Omit<Usage, 'memBytes'> & {
  /** Share of time that its vCPUs waited for a CPU. */
  readonly pressure: number | null;
};

type DiskRates = Pick<
  VmRates,
  'diskReadBytesPerSecond' | 'diskWriteBytesPerSecond' | 'diskRequestsPerSecond'
>;
type PressureRate = Pick<VmRates, 'pressure'>;
/** What every poll tells. */
type BaseRates = Omit<VmRates, keyof DiskRates | keyof PressureRate>;

export const unknownDiskRates: DiskRates = {
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  diskRequestsPerSecond: null,
};

export const unknownRates: VmRates = {
  cpuCores: null,
  netRxBytesPerSecond: null,
  netTxBytesPerSecond: null,
  ...unknownDiskRates,
  pressure: null,
};

/** An answer that took long may have been read at any moment of the wait; more error than this is no measurement. */
const toleratedError = 0.1;

export type Verdict =
  /** Compare the next reading with the same one before. */
  | 'too-close'
  | 'measured'
  /** After a restart, a migration, a pause or too long a silence: unknown; never a spike, never a zero. */
  | 'gap';

/** Whether two readings of one VM can be compared. */
export function comparability(
  before: TimedReading | undefined,
  now: TimedReading,
  longestMs: number,
): Verdict {
  if (before === undefined) return 'gap';
  const a = before.reading;
  const b = now.reading;
  const elapsed = now.atMs - before.atMs;
  if (a.runId !== b.runId || a.state !== 'running' || b.state !== 'running') return 'gap';
  if (elapsed > longestMs) return 'gap';
  if (a.cpuSeconds !== undefined && b.cpuSeconds !== undefined && b.cpuSeconds < a.cpuSeconds) return 'gap';
  return before.uncertaintyMs + now.uncertaintyMs > toleratedError * elapsed ? 'too-close' : 'measured';
}

const secondsBetween = (before: TimedReading, now: TimedReading): number => (now.atMs - before.atMs) / 1000;

export function baseRates(before: TimedReading, now: TimedReading): BaseRates {
  const seconds = secondsBetween(before, now);
  const [rx, tx] = deviceRates(before.reading.interfaces, now.reading.interfaces, seconds, 2);
  return {
    cpuCores: counterRate(before.reading.cpuSeconds, now.reading.cpuSeconds, seconds),
    netRxBytesPerSecond: rx!,
    netTxBytesPerSecond: tx!,
  };
}

export function diskRates(before: TimedReading, now: TimedReading): DiskRates {
  const seconds = secondsBetween(before, now);
  const [read, write, requests] = deviceRates(before.reading.disks, now.reading.disks, seconds, 3);
  return {
    diskReadBytesPerSecond: read!,
    diskWriteBytesPerSecond: write!,
    diskRequestsPerSecond: requests!,
  };
}

export function pressureRate(before: TimedReading, now: TimedReading): PressureRate {
  const [delay] = deviceRates(before.reading.delays, now.reading.delays, secondsBetween(before, now), 1);
  const { vcpus } = now.reading;
  return { pressure: delay === null || delay === undefined || vcpus === 0 ? null : delay / vcpus };
}
