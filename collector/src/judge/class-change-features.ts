import type { BoundaryMemory } from './boundary-memory.ts';
import type { SeriesMemory } from './series-memory.ts';

/** What a crossing is predicted from. Distances are signed towards the boundary: 0 is on it, below 0 still inside. */
export const classChangeFeatures = [
  'boundary',
  'now',
  'previous',
  'before',
  'nearest3',
  'nearest6',
  'nearest12',
  'nearest24',
  'mean3',
  'mean12',
  'fast',
  'middle',
  'slow',
  'slope4',
  'slope12',
  'change',
  'longChange',
  'gapInChanges',
  'gapInLongChanges',
  'share',
  'shareNear',
  'shareHere',
  'extreme',
  'since',
  'lately',
  'longer',
  'entryRate',
  'hitRate',
  'hitRateHere',
  'history',
] as const;

const slope = (memory: SeriesMemory, series: number, length: number): number => {
  const n = Math.min(length, memory.count(series));
  if (n < 2) return 0;
  const middle = (n - 1) / 2;
  let covariance = 0;
  for (let back = 0; back < n; back += 1) covariance += (middle - back) * memory.recent(series, back);
  return covariance / ((n * (n * n - 1)) / 12);
};

/** Fills `out` for one series and one boundary; everything in it was known when the newest sample was. */
export const fillClassChangeFeatures = (
  out: Float32Array,
  memory: SeriesMemory,
  series: number,
  boundaries: BoundaryMemory,
  entry: number,
  boundary: number,
  rising: boolean,
): void => {
  const sign = rising ? 1 : -1;
  const towards = (value: number): number => sign * (value - boundary);
  const now = memory.recent(series, 0);
  let nearest = -Infinity;
  let sum = 0;
  let i = 0;
  out[i++] = boundary;
  out[i++] = towards(now);
  out[i++] = towards(memory.recent(series, 1));
  out[i++] = towards(memory.recent(series, 2));
  let mean3 = 0;
  let mean12 = 0;
  for (let back = 0; back < 24; back += 1) {
    const distance = towards(memory.recent(series, back));
    if (distance > nearest) nearest = distance;
    if (back < 12) sum += distance;
    if (back === 2) mean3 = sum / 3;
    if (back === 11) mean12 = sum / 12;
    if (back === 2 || back === 5 || back === 11 || back === 23) out[i++] = nearest;
  }
  out[i++] = mean3;
  out[i++] = mean12;
  out[i++] = towards(memory.fast(series));
  out[i++] = towards(memory.middle(series));
  out[i++] = towards(memory.slow(series));
  out[i++] = sign * slope(memory, series, 4);
  out[i++] = sign * slope(memory, series, 12);
  const change = memory.change(series);
  const longChange = memory.longChange(series);
  out[i++] = change;
  out[i++] = longChange;
  out[i++] = towards(now) / (change + 0.01);
  out[i++] = towards(now) / (longChange + 0.01);
  const above = (value: number) =>
    rising ? memory.shareAbove(series, value) : 1 - memory.shareAbove(series, value);
  out[i++] = above(boundary);
  out[i++] = above(boundary - sign * 0.1);
  out[i++] = above(now);
  out[i++] = towards(memory.quantile(series, rising ? 0.98 : 0.02));
  out[i++] = boundaries.since(entry);
  out[i++] = boundaries.lately(entry);
  out[i++] = boundaries.longer(entry);
  out[i++] = boundaries.entryRate(entry);
  const rates = boundaries.hitRates(entry, now, boundary, rising);
  out[i++] = rates.all;
  out[i++] = rates.here;
  out[i++] = Math.min(288, memory.count(series));
};
