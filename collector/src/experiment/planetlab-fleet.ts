/**
 * The fleet of the published experiment (Beloglazov and Buyya 2012; `Constants` and the power models of CloudSim):
 * four sizes of VM and two models of host. Numbers are facts of that experiment, so that results compare.
 */
export type VmSize = { readonly mips: number; readonly ramMb: number };

export type HostModel = {
  readonly name: string;
  /** Of one core; a VM has one virtual CPU and so can never get more than this. */
  readonly coreMips: number;
  readonly cores: number;
  readonly mips: number;
  readonly ramMb: number;
  /** Watts at 0, 10, ..., 100 % load. */
  readonly watts: readonly number[];
};

export const vmSizes: readonly VmSize[] = [
  { mips: 2500, ramMb: 870 },
  { mips: 2000, ramMb: 1740 },
  { mips: 1000, ramMb: 1740 },
  { mips: 500, ramMb: 613 },
];

const hostModel = (name: string, coreMips: number, watts: readonly number[]): HostModel => ({
  name,
  coreMips,
  cores: 2,
  mips: 2 * coreMips,
  ramMb: 4096,
  watts,
});

export const hostModels: readonly HostModel[] = [
  hostModel('HP ProLiant ML110 G4', 1860, [86, 89.4, 92.6, 96, 99.5, 102, 106, 108, 112, 114, 117]),
  hostModel('HP ProLiant ML110 G5', 2660, [93.7, 97, 101, 105, 110, 116, 121, 125, 129, 133, 135]),
];

export const hostCount = 800;
/** Models take turns, so half of the hosts is of each. */
export const hostModelOf = (host: number): HostModel => hostModels[host % hostModels.length]!;

/** Sizes go by position: the first quarter of the VMs is of the first size, and so on. */
export const vmSizeOf = (vm: number, vmCount: number): VmSize =>
  vmSizes[Math.floor(vm / Math.ceil(vmCount / vmSizes.length))]!;

/** Half of a 1 Gbit/s link, in MB/s, as CloudSim counts it: the other half serves the VMs. */
export const migrationMbPerSecond = 1_000_000 / (2 * 8000);

/** Watts at a load of 0..1: linear between the measured tenths. */
export function powerAt(model: HostModel, utilization: number): number {
  if (!(utilization >= 0 && utilization <= 1)) {
    throw new RangeError(`a host's load must be within 0..1, not ${utilization}`);
  }
  // The order of operations is CloudSim's, so that sums agree to the last bit.
  if (utilization % 0.1 === 0) return model.watts[Math.trunc(utilization * 10)]!;
  const below = Math.floor(utilization * 10);
  const from = model.watts[below]!;
  const delta = (model.watts[Math.ceil(utilization * 10)]! - from) / 10;
  return from + delta * (utilization - below / 10) * 100;
}
