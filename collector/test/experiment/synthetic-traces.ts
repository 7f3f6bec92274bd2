import { samplesPerDay, type CpuTrace } from '../../src/experiment/planetlab-traces.ts';

/** Days for tests, in whole percent: idle, steady, swinging and bursting VMs. The same for a seed on every machine. */
export function syntheticTraces(vms: number, seed: number): CpuTrace[] {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: vms }, (_, i) => {
    const kind = below(4);
    const base = below(40);
    let burst = 0;
    const percents = Array.from({ length: samplesPerDay }, (_, k) => {
      if (kind === 0) return below(10) === 0 ? below(30) : 0;
      if (kind === 1) return Math.min(100, base + below(8));
      if (kind === 2) return Math.min(100, base + Math.abs((k % 72) - 36) + below(15));
      if (burst > 0) burst -= 1;
      else if (below(25) === 0) burst = 3 + below(10);
      return burst > 0 ? 70 + below(31) : 1 + below(10);
    });
    return trace(`vm${String(i).padStart(4, '0')}`, percents);
  });
}

export const trace = (name: string, percents: readonly number[]): CpuTrace => ({
  name,
  cpu: Float64Array.from(percents, (percent) => percent / 100),
});

/** A whole day of one load. */
export const steady = (name: string, percent: number): CpuTrace =>
  trace(
    name,
    Array.from({ length: samplesPerDay }, () => percent),
  );
