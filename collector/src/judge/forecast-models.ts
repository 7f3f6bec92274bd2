import type { SeriesMemory } from './series-memory.ts';

/** Horizons in periods; between them forecasts are interpolated. */
export const forecastSteps = [1, 3, 6, 12] as const;

export const forecastModels = [
  'persistence',
  'linear',
  'holt',
  'seasonal',
  'local-regression',
  'level',
] as const;

const linearWindow = 8;
const localWindow = 10;

const clamp = (value: number): number => Math.min(1.2, Math.max(0, value));

/** Theil and Sen: the median of all slopes, through the median of what is left. One wild sample changes little. */
const slopes = new Float64Array((linearWindow * (linearWindow - 1)) / 2);
const window = new Float64Array(linearWindow);
const rests = new Float64Array(linearWindow);

const medianOf = (values: Float64Array, length: number): number => {
  const middle = length >> 1;
  const upper = select(values, length, middle);
  if (length % 2 === 1) return upper;
  // All before the middle are at most as large: the largest of them is the other one in the middle.
  let lower = values[0]!;
  for (let i = 1; i < middle; i += 1) if (values[i]! > lower) lower = values[i]!;
  return (lower + upper) / 2;
};

/** Brings the value of that rank to its place, smaller ones before it and larger ones behind (Hoare's quickselect). */
const select = (values: Float64Array, length: number, rank: number): number => {
  let from = 0;
  let to = length - 1;
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let i = from;
    let j = to;
    while (i <= j) {
      while (values[i]! < pivot) i += 1;
      while (values[j]! > pivot) j -= 1;
      if (i > j) break;
      const value = values[i]!;
      values[i] = values[j]!;
      values[j] = value;
      i += 1;
      j -= 1;
    }
    if (rank <= j) to = j;
    else if (rank >= i) from = i;
    else break;
  }
  return values[rank]!;
};

export const robustLine = (memory: SeriesMemory, series: number): { value: number; slope: number } => {
  const n = Math.min(linearWindow, memory.count(series));
  if (n < 3) return { value: memory.recent(series, 0), slope: 0 };
  for (let back = 0; back < n; back += 1) window[back] = memory.recent(series, back);
  let k = 0;
  for (let near = 0; near < n; near += 1) {
    for (let far = near + 1; far < n; far += 1) slopes[k++] = (window[near]! - window[far]!) / (far - near);
  }
  const slope = medianOf(slopes, k);
  for (let back = 0; back < n; back += 1) rests[back] = window[back]! + slope * back;
  return { value: medianOf(rests, n), slope };
};

/**
 * Beloglazov's local regression: a line through the last samples, the newer the heavier (tricube). As places and
 * weights never change, its forecast is a fixed sum of the samples: for each number of samples, `{value, slope}`.
 */
const localCoefficients = Array.from({ length: localWindow + 1 }, (_, n) => {
  const weights = Array.from(
    { length: n },
    (_, back) => (1 - (Math.min(back, n - 3) / Math.max(1, n - 1)) ** 3) ** 3,
  );
  const all = weights.reduce((a, b) => a + b, 0);
  const mean = weights.reduce((sum, w, back) => sum - w * back, 0) / all;
  const spread = weights.reduce((sum, w, back) => sum + w * (-back - mean) ** 2, 0);
  return weights.map((w, back) => {
    const slope = spread === 0 ? 0 : (w * (-back - mean)) / spread;
    return { value: w / all - mean * slope, slope };
  });
});

export const localLine = (memory: SeriesMemory, series: number): { value: number; slope: number } => {
  const n = Math.min(localWindow, memory.count(series));
  if (n < 3) return { value: memory.recent(series, 0), slope: 0 };
  let value = 0;
  let slope = 0;
  const coefficients = localCoefficients[n]!;
  for (let back = 0; back < n; back += 1) {
    const sample = memory.recent(series, back);
    value += coefficients[back]!.value * sample;
    slope += coefficients[back]!.slope * sample;
  }
  return { value, slope };
};

const damping = 0.85;
const dampedSum = forecastSteps.map((steps) => (damping * (1 - damping ** steps)) / (1 - damping));

/** How much of today's departure from the profile is still there after a period. */
const departureKept = 0.93;

/** Fills `out` with every model's forecast for the horizons asked for: model by model, a place for each horizon. */
export const fillForecasts = (
  out: Float32Array,
  memory: SeriesMemory,
  series: number,
  from = 0,
  until: number = forecastSteps.length,
): void => {
  const now = memory.recent(series, 0);
  const linear = robustLine(memory, series);
  const local = localLine(memory, series);
  const level = memory.level(series);
  const { length } = forecastSteps;
  const holt = memory.holt(series);
  const hasSeason = memory.hasSeason(series);
  const departure = hasSeason ? memory.middle(series) - memory.seasonal(series, 0) : 0;
  for (let h = from; h < until; h += 1) {
    const steps = forecastSteps[h]!;
    out[h] = now;
    out[length + h] = clamp(linear.value + linear.slope * steps);
    out[2 * length + h] = clamp(holt.level + holt.trend * dampedSum[h]!);
    out[3 * length + h] = hasSeason
      ? clamp(memory.seasonal(series, steps) + departure * departureKept ** steps)
      : level;
    out[4 * length + h] = clamp(local.value + local.slope * steps);
    out[5 * length + h] = level;
  }
};
