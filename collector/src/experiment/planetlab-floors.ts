import { hostsForCapacity, hostsNeeded } from '../advise/packing-bound.ts';
import { hostCount, hostModelOf, hostModels, vmSizeOf } from './planetlab-fleet.ts';
import { sampleSeconds, type CpuTrace } from './planetlab-traces.ts';

/** What no placement can go below. */
export type Floors = {
  /** All demand served at the best watts per MIPS that any host has (at full load). */
  readonly energyAllDemandKwh: number;
  /** The same for the demand that is left when idle VMs are deleted, as the CloudSim track does. */
  readonly energyKeptDemandKwh: number;
  /** Hosts that the RAM of all VMs needs at the least. */
  readonly ramHosts: number;
  /** Hosts that the plain sum of RAM needs: weaker, but what is usually quoted. */
  readonly ramSumHosts: number;
  /** Per interval the larger of what RAM and what the CPU demand of that interval need, summed over the day. */
  readonly hostHours: number;
};

export function floorsOf(traces: readonly CpuTrace[]): Floors {
  const sizes = traces.map((_, i) => vmSizeOf(i, traces.length));
  const ramMb = Math.max(...hostModels.map((model) => model.ramMb));
  const rams = sizes.map((size) => size.ramMb);
  const ramHosts = hostsNeeded(rams, ramMb);
  const capacities = Array.from({ length: hostCount }, (_, i) => hostModelOf(i).mips);
  const wattsPerMips = Math.min(...hostModels.flatMap(bestWattsPerMips));

  const intervals = traces[0]?.cpu.length ?? 0;
  const demand = new Float64Array(intervals);
  let kept = 0;
  for (const [i, { cpu }] of traces.entries()) {
    const last = lastKeptSample(cpu);
    for (let k = 0; k < intervals; k++) {
      const mips = cpu[k]! * sizes[i]!.mips;
      demand[k]! += mips;
      if (k <= last) kept += mips;
    }
  }
  let all = 0;
  let hosts = 0;
  for (const mips of demand) {
    all += mips;
    hosts += Math.max(ramHosts, hostsForCapacity(capacities, mips));
  }
  const kwh = (mips: number): number => (mips * sampleSeconds * wattsPerMips) / 3_600_000;
  return {
    energyAllDemandKwh: kwh(all),
    energyKeptDemandKwh: kwh(kept),
    ramHosts,
    ramSumHosts: Math.ceil(rams.reduce((sum, ram) => sum + ram, 0) / ramMb),
    hostHours: (hosts * sampleSeconds) / 3600,
  };
}

const bestWattsPerMips = ({ watts, mips }: (typeof hostModels)[number]): number[] =>
  watts.slice(1).map((power, tenth) => power / ((mips * (tenth + 1)) / 10));

/** CloudSim deletes a VM at the first tick between two samples of 0; the first tick comes after sample 1. */
function lastKeptSample(cpu: Float64Array): number {
  for (let k = 1; k < cpu.length; k++) {
    if (cpu[k] === 0 && (cpu[k + 1] ?? 0) === 0) return k;
  }
  return cpu.length - 1;
}
