import { fillForecasts, forecastModels, forecastSteps } from './forecast-models.ts';
import type { SeriesMemory } from './series-memory.ts';

/** The quantiles that are forecast: a median, and the ends of an 80 % interval. */
export const forecastLevels = [0.1, 0.5, 0.9] as const;

/** Where the combination starts, learned on other machines' series: by level, horizon and model. */
export type CombinationStart = {
  /** Log-weights of the models, for each level and horizon. */
  readonly weights: readonly (readonly (readonly number[])[])[];
  /** What is added to the weighted sum, in steps of the series' usual change, for each level and horizon. */
  readonly offsets: readonly (readonly number[])[];
};

export const plainCombinationStart: CombinationStart = {
  weights: forecastLevels.map(() => forecastSteps.map(() => forecastModels.map(() => 0))),
  offsets: forecastLevels.map((level) => forecastSteps.map(() => (level - 0.5) * 2)),
};

const models = forecastModels.length;
const horizons = forecastSteps.length;
const levels = forecastLevels.length;
const seasonal = forecastModels.indexOf('seasonal');
const level = forecastModels.indexOf('level');

/** A forecast that looks far is checked less often: its truth changes slowly, and what waits takes memory. */
const checkEvery = [1, 1, 2, 3] as const;
const slots = forecastSteps.map((steps, h) => steps / checkEvery[h]!);
const slotStart = slots.map((_, h) => slots.slice(0, h).reduce((a, b) => a + b, 0));
const slotCount = slots.reduce((a, b) => a + b, 0);
/** Persistence needs no keeping: what it told is the sample of that time. */
const keptModels = models - 1;
const slotWidth = keptModels + levels;
const waitingStride = slotCount * slotWidth;

const adapted = { errors: 0, offsets: horizons * models } as const;
const adaptedStride = horizons * models + horizons * levels;

const errorMemory = 0.04;
/** How strongly a model's recent errors cost it weight. */
const sharpness = 3;
/** Errors smaller than this make no difference between models. */
const leastError = 0.0005;
/** How fast the interval follows when too much or too little fell into it. */
const offsetRate = 0.06;
const offsetLimit = 25;

const onTheSpot = [1, 0.5, 0] as const;

const largest = 1.3;
const pack = (value: number): number =>
  Math.round((Math.min(largest, Math.max(0, value)) / largest) * 65_535);
const unpack = (packed: number): number => (packed / 65_535) * largest;

/** The size of a usual change of a series: what widths are measured in. */
export const usualChange = (memory: SeriesMemory, series: number): number =>
  0.5 * memory.change(series) + 0.5 * memory.longChange(series) + 0.004;

/**
 * Combines the models for each series: weights start as learned and move with each model's recent errors on this very
 * series; the ends of the interval move so that about 80 % fall between them (adaptive conformal inference).
 */
export class ForecastMemory {
  readonly #start: CombinationStart;
  readonly #memory: SeriesMemory;
  #adapted = new Float32Array(0);
  #waiting = new Uint16Array(0);
  readonly #forecasts = new Float32Array(models * horizons);
  readonly #expert = new Float32Array(models);
  readonly #trusted = new Float64Array(models);
  readonly #startWeights: Float64Array[][];

  constructor(memory: SeriesMemory, start: CombinationStart) {
    this.#memory = memory;
    this.#start = start;
    this.#startWeights = start.weights.map((level) =>
      level.map((horizon) => Float64Array.from(horizon, Math.exp)),
    );
  }

  get bytes(): number {
    return this.#adapted.byteLength + this.#waiting.byteLength;
  }

  resize(series: number): void {
    const larger = new Float32Array(series * adaptedStride);
    larger.set(this.#adapted);
    this.#adapted = larger;
    const waiting = new Uint16Array(series * waitingStride);
    waiting.set(this.#waiting);
    this.#waiting = waiting;
  }

  reset(series: number): void {
    const base = series * adaptedStride;
    this.#adapted.fill(0, base, base + adaptedStride);
    for (let h = 0; h < horizons; h += 1) {
      for (let l = 0; l < levels; l += 1) {
        this.#adapted[base + adapted.offsets + h * levels + l] = this.#start.offsets[l]![h]!;
      }
    }
  }

  /** To be called after each sample that `memory` took. */
  update(series: number): void {
    const count = this.#memory.count(series);
    const now = this.#memory.recent(series, 0);
    fillForecasts(this.#forecasts, this.#memory, series);
    for (let h = 0; h < horizons; h += 1) {
      const every = checkEvery[h]!;
      if (count % every !== 0) continue;
      const slot = slotStart[h]! + ((count / every) % slots[h]!);
      const start = series * waitingStride + slot * slotWidth;
      if (count > forecastSteps[h]!) this.#learn(series, h, start, now);
      for (let m = 0; m < keptModels; m += 1) {
        this.#waiting[start + m] = pack(this.#forecasts[(m + 1) * horizons + h]!);
      }
      this.#trust(series, h);
      for (let l = 0; l < levels; l += 1) {
        this.#waiting[start + keptModels + l] = pack(this.#combine(series, h, l));
      }
    }
  }

  /** The combination's forecasts for the horizons asked for: for each the three levels. Reads only; low to high. */
  fill(out: Float32Array, series: number, from = 0, until: number = horizons): void {
    fillForecasts(this.#forecasts, this.#memory, series, from, until);
    for (let h = from; h < until; h += 1) {
      this.#trust(series, h);
      const middle = this.#combine(series, h, 1);
      out[h * levels] = Math.min(middle, this.#combine(series, h, 0));
      out[h * levels + 1] = middle;
      out[h * levels + 2] = Math.max(middle, this.#combine(series, h, 2));
    }
  }

  /** After `#trust` for this horizon. */
  #combine(series: number, h: number, l: number): number {
    this.experts(this.#expert, series, h, l, this.#forecasts);
    const start = this.#startWeights[l]![h]!;
    let value = 0;
    let sum = 0;
    for (let m = 0; m < models; m += 1) {
      const weight = start[m]! * this.#trusted[m]!;
      value += weight * this.#expert[m]!;
      sum += weight;
    }
    const offset = this.#adapted[series * adaptedStride + adapted.offsets + h * levels + l]!;
    return Math.max(0, value / sum + offset * usualChange(this.#memory, series));
  }

  /** Each model's word on one level and horizon. The level model knows its distribution, the others a middle only. */
  experts(out: Float32Array, series: number, h: number, l: number, forecasts: Float32Array): void {
    for (let m = 0; m < models; m += 1) out[m] = forecasts[m * horizons + h]!;
    if (l !== 1) out[level] = this.#memory.levelQuantile(series, forecastLevels[l]!);
  }

  /** The weights on one horizon, from given log-weights and from how each model did lately. They sum to 1. */
  weights(out: Float64Array, series: number, h: number, logWeights: readonly number[]): void {
    this.#trust(series, h);
    let sum = 0;
    for (let m = 0; m < models; m += 1) {
      out[m] = Math.exp(logWeights[m]!) * this.#trusted[m]!;
      sum += out[m]!;
    }
    for (let m = 0; m < models; m += 1) out[m] = out[m]! / sum;
  }

  /** How much each model is trusted on one horizon, by its recent errors against the best one's. */
  #trust(series: number, h: number): void {
    const errors = series * adaptedStride + adapted.errors + h * models;
    const hasSeason = this.#memory.hasSeason(series);
    let least = Infinity;
    for (let m = 0; m < models; m += 1) {
      if (m !== seasonal || hasSeason) least = Math.min(least, this.#adapted[errors + m]!);
    }
    const unit = sharpness / (least + leastError);
    for (let m = 0; m < models; m += 1) {
      const penalty = Math.min(30, unit * (this.#adapted[errors + m]! - least));
      this.#trusted[m] = m === seasonal && !hasSeason ? 0 : Math.exp(-penalty);
    }
  }

  #learn(series: number, h: number, start: number, truth: number): void {
    const base = series * adaptedStride;
    const errors = base + adapted.errors + h * models;
    for (let m = 0; m < models; m += 1) {
      const told =
        m === 0 ? this.#memory.recent(series, forecastSteps[h]!) : unpack(this.#waiting[start + m - 1]!);
      const error = Math.abs(truth - told);
      this.#adapted[errors + m] =
        this.#adapted[errors + m]! + errorMemory * (error - this.#adapted[errors + m]!);
    }
    for (let l = 0; l < levels; l += 1) {
      const told = unpack(this.#waiting[start + keptModels + l]!);
      const i = base + adapted.offsets + h * levels + l;
      // The ends belong to the interval.
      const share = truth > told + 1e-5 ? 1 : truth < told - 1e-5 ? 0 : onTheSpot[l]!;
      const step = offsetRate * Math.sqrt(checkEvery[h]!) * (share - (1 - forecastLevels[l]!));
      this.#adapted[i] = Math.min(offsetLimit, Math.max(-offsetLimit, this.#adapted[i]! + step));
    }
  }
}
