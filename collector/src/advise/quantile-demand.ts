/** What a VM may ask of its CPU in the time ahead, in any unit of work per second. */
export type Demand = {
  readonly mean: number;
  readonly variance: number;
  /** All that it was given: it can never ask for more. */
  readonly most: number;
};

export type DemandModel = {
  /** Samples after which a load counts half. */
  readonly halfLife: number;
  /** What is assumed of a VM that nothing is known of, as shares of `most`; it counts as `weight` samples. */
  readonly prior: DemandPrior & { readonly weight: number };
};

export type DemandPrior = { readonly mean: number; readonly deviation: number };

/** A VM of which little is known is taken to be like the others: mean and deviation of what all of them did lately. */
export function priorFromFleet(
  loads: readonly Float64Array[],
  samples: number,
  fallback: DemandPrior,
): DemandPrior {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const one of loads) {
    for (let i = Math.max(0, one.length - samples); i < one.length; i++) {
      count += 1;
      sum += one[i]!;
      squares += one[i]! * one[i]!;
    }
  }
  if (count === 0) return fallback;
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) };
}

/** Mean and variance of the loads so far (0..1, oldest first), newer ones counting more, never quite certain. */
export function forecastDemand(loads: Float64Array, most: number, model: DemandModel): Demand {
  const { halfLife, prior } = model;
  const fade = 2 ** (-1 / halfLife);
  let weights = prior.weight;
  let sum = prior.weight * prior.mean;
  let squares = prior.weight * (prior.deviation ** 2 + prior.mean ** 2);
  let weight = 1;
  // Beyond ten half-lives a sample counts less than a thousandth.
  for (let i = loads.length - 1; i >= Math.max(0, loads.length - 10 * halfLife); i--) {
    const load = loads[i]!;
    weights += weight;
    sum += weight * load;
    squares += weight * load * load;
    weight *= fade;
  }
  const mean = sum / weights;
  return { mean: mean * most, variance: Math.max(0, squares / weights - mean * mean) * most * most, most };
}

/** What several VMs stay under together unless things go worse than `deviations` standard deviations. */
export const demandBound = (mean: number, variance: number, most: number, deviations: number): number =>
  Math.min(most, mean + deviations * Math.sqrt(variance));
