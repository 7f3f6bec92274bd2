import type { Host } from '../fleet/host.ts';
import { dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import { dimensionNames, hostSubject, percent } from './describe.ts';
import type { FindingBook } from './finding-book.ts';
import { RecentTrend } from './recent-trend.ts';
import type { SeriesPool } from './series-pool.ts';
import { volume } from './volume.ts';

const width = dimensions.length;
/** A prediction that was told stays until its probability fell this far under the policy's confidence. */
const stickiness = 0.1;

/** How many standard deviations a normal distribution's 90 % point lies above its middle. */
const ninetieth = 1.2816;

/** The normal distribution's share above `z` (Abramowitz and Stegun 26.2.17). */
const upperTail = (z: number): number => {
  const x = Math.abs(z);
  const t = 1 / (1 + 0.2316419 * x);
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = Math.exp((-x * x) / 2) * 0.3989422804014327 * poly;
  return z >= 0 ? tail : 1 - tail;
};

/** The probability that a load with this median and 80 % interval is above the limit. */
export const probabilityAbove = (
  limit: number,
  point: { value: number; low: number; high: number },
): number => {
  const side = limit >= point.value ? point.high - point.value : point.value - point.low;
  if (side <= 1e-6) return point.value > limit ? 1 : 0;
  return upperTail(((limit - point.value) / side) * ninetieth);
};

const horizons = [5, 15, 30, 60];

/** Announces a host that is not hot yet, but will be over its limit within the horizon at the policy's confidence. */
export const judgePredictedHotSpot = (
  slot: number,
  host: Host,
  series: SeriesPool,
  policy: Policy,
  book: FindingBook,
): void => {
  const open = book.isOpen('hotspot-predicted', 'host', host.name);
  const needed = policy.hotspot.confidence - (open ? stickiness : 0);
  let best = { probability: 0, dimension: 0, minutes: 0, value: 0 };
  for (let d = 0; d < width; d += 1) {
    const dimension = dimensions[d]!;
    const load = host.load[dimension];
    const limit = policy.loadMax[dimension];
    if (load === null) continue;
    if (load > limit && open) {
      // It came true; the next samples decide whether it is a hot spot.
      book.hold('hotspot-predicted', 'host', host.name);
      return;
    }
    if (load > limit) continue;
    for (const minutes of [
      ...horizons.filter((known) => known < policy.horizonMinutes),
      policy.horizonMinutes,
    ]) {
      const point = series.forecast(slot * width + d, minutes);
      if (point === null) continue;
      const probability = probabilityAbove(limit, point);
      if (probability > best.probability) best = { probability, dimension: d, minutes, value: load };
    }
    const arrivalMs = series.riseArrival(slot * width + d, limit);
    const isRising = arrivalMs <= policy.horizonMinutes * 60_000;
    const crossing = Math.max(
      series.crossing(slot * width + d, 0) || 0,
      isRising ? RecentTrend.lasts(arrivalMs) : 0,
    );
    if (crossing > best.probability) {
      const minutes = isRising ? Math.ceil(arrivalMs / 60_000) : policy.horizonMinutes;
      best = { probability: crossing, dimension: d, minutes, value: load };
    }
  }
  if (best.probability < needed) return;
  const dimension = dimensions[best.dimension]!;
  book.raise({
    kind: 'hotspot-predicted',
    severity: 'warning',
    subject: hostSubject(host),
    message: `Host ${host.name} will be a hot spot within ${best.minutes} min: ${dimensionNames[dimension]}, now ${percent(best.value)}, is forecast to pass ${percent(policy.loadMax[dimension])}, probability ${percent(best.probability)}.`,
    evidence: [
      { measure: 'probability', value: best.probability, threshold: policy.hotspot.confidence },
      { measure: dimension, value: best.value, threshold: policy.loadMax[dimension] },
    ],
    rank: volume(host.load) * best.probability,
  });
};
