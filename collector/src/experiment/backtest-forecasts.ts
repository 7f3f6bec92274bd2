import {
  ForecastMemory,
  forecastLevels,
  usualChange,
  type CombinationStart,
} from '../judge/forecast-memory.ts';
import { fillForecasts, forecastModels, forecastSteps } from '../judge/forecast-models.ts';
import { SeriesMemory } from '../judge/series-memory.ts';
import { pinballLoss } from './backtest-metrics.ts';
import { tracePeriodMs, warmUpSamples } from './learn-crossings.ts';

export const combinationName = 'combination';

export type ForecastScore = {
  readonly model: string;
  /** Mean over all moments and over the levels 0.1, 0.5 and 0.9, in percent points of load. */
  readonly pinball: number;
  /** Mean absolute error of the median over that of persistence at the same horizon. */
  readonly mase: number;
  /** Share of truths within the 80 % interval, ends included, and the interval's mean width in percent points. */
  readonly coverage: number;
  readonly width: number;
};

export type HorizonScores = {
  readonly minutes: number;
  readonly moments: number;
  readonly scores: readonly ForecastScore[];
};

const models = forecastModels.length;
const levels = forecastLevels.length;
const onTheSpot = [1, 0.5, 0];
const offsetRate = 0.06;
const firstOffsets = [-1.2, 0, 1.2];

class Tally {
  pinball = 0;
  error = 0;
  covered = 0;
  width = 0;
  moments = 0;

  add(truth: number, low: number, middle: number, high: number): void {
    this.pinball +=
      (pinballLoss(truth, low, 0.1) + pinballLoss(truth, middle, 0.5) + pinballLoss(truth, high, 0.9)) / 3;
    this.error += Math.abs(truth - middle);
    this.covered += truth >= low - 1e-6 && truth <= high + 1e-6 ? 1 : 0;
    this.width += high - low;
    this.moments += 1;
  }
}

/**
 * Walks each series in time order and scores, at every moment and horizon, each model and the combination. A single
 * model gets its interval the way the combination gets it: ends that move online until 80 % fall between.
 */
export const scoreForecasts = (all: readonly Float32Array[], start: CombinationStart): HorizonScores[] => {
  const memory = new SeriesMemory(tracePeriodMs);
  const combination = new ForecastMemory(memory, start);
  memory.resize(1);
  combination.resize(1);
  const points = new Float32Array(forecastSteps.length * levels);
  const middles = new Float32Array(models * forecastSteps.length);
  const tallies = forecastSteps.map(() => Array.from({ length: models + 1 }, () => new Tally()));
  for (const series of all) {
    memory.reset(0);
    combination.reset(0);
    const singles = new SingleIntervals(series.length);
    for (let t = 0; t < series.length; t += 1) {
      memory.add(0, series[t]!, t * tracePeriodMs);
      combination.update(0);
      combination.fill(points, 0);
      fillForecasts(middles, memory, 0);
      singles.update(t, series[t]!, middles, usualChange(memory, 0));
      if (t < warmUpSamples) continue;
      forecastSteps.forEach((steps, h) => {
        const truth = series[t + steps];
        if (truth === undefined) return;
        const tally = tallies[h]!;
        for (let m = 0; m < models; m += 1) {
          if (forecastModels[m] === 'seasonal' && !memory.hasSeason(0)) continue;
          tally[m]!.add(truth, singles.at(t, m, h, 0), singles.at(t, m, h, 1), singles.at(t, m, h, 2));
        }
        tally[models]!.add(truth, points[h * levels]!, points[h * levels + 1]!, points[h * levels + 2]!);
      });
    }
  }
  return forecastSteps.map((steps, h) => {
    const naive = tallies[h]![0]!;
    const scores = tallies[h]!.flatMap((tally, m) => {
      // A season needs more than a day of history: on shorter traces there is nothing to score.
      if (tally.moments < naive.moments) return [];
      return [
        {
          model: forecastModels[m] ?? combinationName,
          pinball: (100 * tally.pinball) / tally.moments,
          mase: tally.error / naive.error,
          coverage: tally.covered / tally.moments,
          width: (100 * tally.width) / tally.moments,
        },
      ];
    });
    return { minutes: steps * 5, moments: naive.moments, scores };
  });
};

/** The intervals of the single models, with what they told kept until the truth is known. */
class SingleIntervals {
  readonly #told: Float32Array;
  readonly #offsets: Float64Array;

  constructor(samples: number) {
    this.#told = new Float32Array(samples * models * forecastSteps.length * levels);
    this.#offsets = new Float64Array(models * forecastSteps.length * levels);
    for (let i = 0; i < this.#offsets.length; i += 1) this.#offsets[i] = firstOffsets[i % levels]!;
  }

  at(t: number, m: number, h: number, l: number): number {
    return this.#told[this.#index(t, m, h, l)]!;
  }

  update(t: number, truth: number, middles: Float32Array, unit: number): void {
    for (let m = 0; m < models; m += 1) {
      forecastSteps.forEach((steps, h) => {
        const middle = middles[m * forecastSteps.length + h]!;
        for (let l = 0; l < levels; l += 1) {
          const i = this.#index(0, m, h, l);
          if (t >= steps) {
            const told = this.at(t - steps, m, h, l);
            const share = truth > told ? 1 : truth < told ? 0 : onTheSpot[l]!;
            this.#offsets[i] = this.#offsets[i]! + offsetRate * (share - (1 - forecastLevels[l]!));
          }
          this.#told[this.#index(t, m, h, l)] = Math.max(
            0,
            middle + (l === 1 ? 0 : this.#offsets[i]! * unit),
          );
        }
      });
    }
  }

  #index(t: number, m: number, h: number, l: number): number {
    return ((t * models + m) * forecastSteps.length + h) * levels + l;
  }
}
