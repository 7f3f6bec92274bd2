import { Packing, type PackingHost, type PackingRules } from '../advise/packing.ts';
import { forecastDemand, priorFromFleet, type DemandModel } from '../advise/quantile-demand.ts';

/** What Evenkeel's policy decides by: the same on both tracks and on every day. */
const demandModel: DemandModel = {
  // Two hours: of the half-lives tried it forecasts the next sample of PlanetLab VMs best.
  halfLife: 24,
  prior: { mean: 0.3, deviation: 0.3, weight: 4 },
};
const rules: PackingRules = { safeDeviations: 3, hotDeviations: 2, bursts: 2 };

export type ObservedVm = {
  readonly memory: number;
  readonly mips: number;
  readonly host: number;
  readonly fixed: boolean;
  /** Oldest first. */
  readonly loads: Float64Array;
};

/** One round of Evenkeel's packing: hot hosts are relieved, then hosts that are not needed are emptied. */
export function planPacking(hosts: readonly PackingHost[], vms: readonly ObservedVm[]): Packing {
  const loads = vms.map((vm) => vm.loads);
  const { prior } = demandModel;
  const model: DemandModel = {
    ...demandModel,
    prior: { ...priorFromFleet(loads, demandModel.halfLife, prior), weight: prior.weight },
  };
  const packing = new Packing(
    hosts,
    vms.map(({ memory, mips, host, fixed, loads: known }) => ({
      memory,
      host,
      fixed,
      demand: forecastDemand(known, mips, model),
    })),
    rules,
  );
  packing.relieve();
  // Nothing is emptied before anything is known; one sample of every VM tells what the fleet is like.
  if (loads.some((known) => known.length > 0)) packing.consolidate();
  return packing;
}
