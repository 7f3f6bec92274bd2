import type { VmMemory } from '../fleet/vm.ts';
import type { MemoryReading } from './domain-reading.ts';

/** A guest that reports does so every few seconds. */
const silentAfterMs = 60_000;

/**
 * Tells whether the balloon's account can be trusted: whether the guest's report changes from time to time. Only
 * changes are looked at, so that a host's clock may be set to anything.
 */
export class MemoryTrust {
  #reportedAt = 0;
  #changedAt: number | null = null;

  judge(memory: MemoryReading, atMs: number, wallSeconds: number): VmMemory {
    const { reportedAt } = memory;
    if (reportedAt !== this.#reportedAt) {
      // The first report seen may be an old one: then its own date tells.
      const first = this.#reportedAt === 0 && this.#changedAt === null;
      if (!first || Math.abs(wallSeconds - reportedAt) * 1000 < silentAfterMs) this.#changedAt = atMs;
      this.#reportedAt = reportedAt;
    }
    const talks = this.#changedAt !== null && atMs - this.#changedAt < silentAfterMs;
    const { maximumBytes, currentBytes, guestUsedBytes, residentBytes } = memory;
    if (guestUsedBytes !== undefined && talks)
      return { maximumBytes, currentBytes, usedBytes: guestUsedBytes, source: 'balloon', trusted: true };
    if (residentBytes !== undefined)
      return {
        maximumBytes,
        currentBytes,
        // QEMU's own memory comes on top of the guest's
        usedBytes: Math.min(residentBytes, currentBytes),
        source: 'rss',
        trusted: false,
      };
    return { maximumBytes, currentBytes, usedBytes: null, source: 'allocation', trusted: false };
  }
}
