/**
 * Intercept and slope of the least-squares line through y at x = 1..n. The sums run as in Commons Math's
 * SimpleRegression, which CloudSim 3.0.3 uses for its "local regression": its weights are computed but take part only
 * when 40 % of them are zero, which never happens (a trap of the benchmark).
 */
export function regressionLine(y: Float64Array): { intercept: number; slope: number } {
  let meanX = 1;
  let meanY = y[0]!;
  let sumXX = 0;
  let sumXY = 0;
  let sumX = 1;
  let sumY = y[0]!;
  for (let n = 1; n < y.length; n++) {
    const dx = n + 1 - meanX;
    const dy = y[n]! - meanY;
    const weight = n / (1 + n);
    sumXX += dx * dx * weight;
    sumXY += dx * dy * weight;
    meanX += dx / (1 + n);
    meanY += dy / (1 + n);
    sumX += n + 1;
    sumY += y[n]!;
  }
  const slope = sumXY / sumXX;
  return { intercept: (sumY - slope * sumX) / y.length, slope };
}

/** Samples that the local regression looks at. */
export const regressionLength = 10;

/**
 * LR of Beloglazov and Buyya: a host is overloaded when the line through its last loads, one interval ahead (any
 * migration here is shorter than one), times the safety parameter reaches 1. `loads` is newest first.
 */
export function predictsOverload(loads: Float64Array, safety: number): boolean {
  const oldestFirst = Float64Array.from(loads).reverse();
  const { intercept, slope } = regressionLine(oldestFirst);
  return (intercept + slope * (regressionLength + 1)) * safety >= 1;
}
