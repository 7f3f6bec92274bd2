import {
  type CombinationStart,
  ForecastMemory,
  forecastLevels,
  plainCombinationStart,
  usualChange,
} from '../judge/forecast-memory.ts';
import { fillForecasts, forecastModels, forecastSteps } from '../judge/forecast-models.ts';
import { SeriesMemory } from '../judge/series-memory.ts';
import { tracePeriodMs, warmUpSamples } from './learn-crossings.ts';
import { seededRandom } from '../advise/seeded-random.ts';

const passes = 2;
const rate = 0.3;
/** Neighbouring samples tell nearly the same. */
const everySample = 3;

type Mutable = { weights: number[][][]; offsets: number[][] };

/**
 * Learns where the combination starts: gradient steps on the pinball loss, through the very weights that the series
 * would have had online at that moment (AdaGrad, seeded order).
 */
export const learnCombination = (all: readonly Float32Array[], seed = 1): CombinationStart => {
  const start = structuredClone(plainCombinationStart) as Mutable;
  const slope: Mutable = {
    weights: start.weights.map((level) => level.map((horizon) => horizon.map(() => 1e-6))),
    offsets: start.offsets.map((level) => level.map(() => 1e-6)),
  };
  const memory = new SeriesMemory(tracePeriodMs);
  memory.resize(1);
  const forecasts = new Float32Array(forecastModels.length * forecastSteps.length);
  const expert = new Float32Array(forecastModels.length);
  const weights = new Float64Array(forecastModels.length);
  const order = shuffled(all, seed);
  for (let pass = 0; pass < passes; pass += 1) {
    for (const series of order) {
      const online = new ForecastMemory(memory, start);
      online.resize(1);
      memory.reset(0);
      online.reset(0);
      for (let t = 0; t < series.length; t += 1) {
        memory.add(0, series[t]!, t * tracePeriodMs);
        online.update(0);
        if (t < warmUpSamples || t % everySample !== 0) continue;
        fillForecasts(forecasts, memory, 0);
        const unit = usualChange(memory, 0);
        forecastSteps.forEach((steps, h) => {
          const truth = series[t + steps];
          if (truth === undefined) return;
          forecastLevels.forEach((level, l) => {
            online.experts(expert, 0, h, l, forecasts);
            online.weights(weights, 0, h, start.weights[l]![h]!);
            step(start, slope, l, h, level, truth, expert, weights, unit);
          });
        });
      }
    }
  }
  return rounded(start);
};

const step = (
  start: Mutable,
  slope: Mutable,
  l: number,
  h: number,
  level: number,
  truth: number,
  expert: Float32Array,
  weights: Float64Array,
  unit: number,
): void => {
  let sum = 0;
  for (let m = 0; m < expert.length; m += 1) sum += weights[m]! * expert[m]!;
  const told = sum + start.offsets[l]![h]! * unit;
  const gradient = truth > told ? -level : truth < told ? 1 - level : 0;
  if (gradient === 0) return;
  const logs = start.weights[l]![h]!;
  const logSlopes = slope.weights[l]![h]!;
  for (let m = 0; m < expert.length; m += 1) {
    const g = gradient * weights[m]! * (expert[m]! - sum);
    logSlopes[m] = logSlopes[m]! + g * g;
    logs[m] = logs[m]! - (rate * g) / Math.sqrt(logSlopes[m]!);
  }
  const g = gradient * unit;
  const offsets = start.offsets[l]!;
  const offsetSlopes = slope.offsets[l]!;
  offsetSlopes[h] = offsetSlopes[h]! + g * g;
  offsets[h] = offsets[h]! - (rate * g) / Math.sqrt(offsetSlopes[h]);
};

const shuffled = <T>(items: readonly T[], seed: number): T[] => {
  const random = seededRandom(seed);
  const order = [...items];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
};

const digits = (value: number): number => Number(value.toFixed(3));
const rounded = (start: Mutable): CombinationStart => ({
  weights: start.weights.map((level) => level.map((horizon) => horizon.map(digits))),
  offsets: start.offsets.map((level) => level.map(digits)),
});
