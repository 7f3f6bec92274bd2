import type { DeviceCounters } from './domain-reading.ts';

/** Growth a second; null where there is nothing to compare with or the counter fell: a reset is a gap, never a spike. */
export function counterRate(
  before: number | undefined,
  now: number | undefined,
  seconds: number,
): number | null {
  if (before === undefined || now === undefined || !(seconds > 0) || now < before) return null;
  return (now - before) / seconds;
}

/**
 * Growth a second summed over devices, one value a counter. Null when a device came, went or was reset in between:
 * what it did meanwhile is not known. No devices at all is a known 0.
 */
export function deviceRates(
  before: readonly DeviceCounters[] | undefined,
  now: readonly DeviceCounters[] | undefined,
  seconds: number,
  counters: number,
): (number | null)[] {
  const unknown = Array.from({ length: counters }, () => null);
  if (before?.length !== now?.length || before === undefined || now === undefined) return unknown;
  const sums = Array.from({ length: counters }, () => 0);
  for (const [position, device] of now.entries()) {
    const then =
      before[position]!.id === device.id ? before[position] : before.find((one) => one.id === device.id);
    for (let counter = 0; counter < counters; counter++) {
      const rate = counterRate(then?.counters[counter], device.counters[counter], seconds);
      if (rate === null) return unknown;
      sums[counter]! += rate;
    }
  }
  return sums;
}
