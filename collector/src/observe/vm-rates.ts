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

export const unknownRates: VmRates = {
  cpuCores: null,
  netRxBytesPerSecond: null,
  netTxBytesPerSecond: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  diskRequestsPerSecond: null,
  pressure: null,
};

/** An answer that took long may have been read at any moment of the wait; more error than this is no measurement. */
const toleratedError = 0.1;

export type Comparison =
  /** Not yet: compare the next reading with the same one before. */
  { readonly verdict: 'too-close' } | { readonly verdict: 'measured' | 'gap'; readonly rates: VmRates };

/**
 * Rates between two readings of one VM. A gap (all null) after a restart, a migration, a pause or too long a silence:
 * never a spike, never a zero.
 */
export function compareReadings(
  before: TimedReading | undefined,
  now: TimedReading,
  longestMs: number,
): Comparison {
  const gap: Comparison = { verdict: 'gap', rates: unknownRates };
  if (before === undefined) return gap;
  const a = before.reading;
  const b = now.reading;
  const elapsed = now.atMs - before.atMs;
  if (a.runId !== b.runId || a.state !== 'running' || b.state !== 'running') return gap;
  if (elapsed > longestMs) return gap;
  if (a.cpuSeconds !== undefined && b.cpuSeconds !== undefined && b.cpuSeconds < a.cpuSeconds) return gap;
  if (before.uncertaintyMs + now.uncertaintyMs > toleratedError * elapsed) return { verdict: 'too-close' };
  const seconds = elapsed / 1000;
  const [rx, tx] = deviceRates(a.interfaces, b.interfaces, seconds, 2);
  const [read, write, requests] = deviceRates(a.disks, b.disks, seconds, 3);
  const [delay] = deviceRates(a.delays, b.delays, seconds, 1);
  return {
    verdict: 'measured',
    rates: {
      cpuCores: counterRate(a.cpuSeconds, b.cpuSeconds, seconds),
      netRxBytesPerSecond: rx!,
      netTxBytesPerSecond: tx!,
      diskReadBytesPerSecond: read!,
      diskWriteBytesPerSecond: write!,
      diskRequestsPerSecond: requests!,
      pressure: delay === null || delay === undefined || b.vcpus === 0 ? null : delay / b.vcpus,
    },
  };
}
