import type { ForecastPoint } from '../fleet/forecast.ts';
import { logistic, treeScorer, type TreeScorer } from './boosted-trees.ts';
import { BoundaryMemory, isBeyond } from './boundary-memory.ts';
import { classChangeFeatures, fillClassChangeFeatures } from './class-change-features.ts';
import { ForecastMemory, forecastLevels } from './forecast-memory.ts';
import { forecastSteps, robustLine } from './forecast-models.ts';
import type { JudgeParameters } from './judge-parameters.ts';
import { RecentTrend } from './recent-trend.ts';
import { SeriesMemory } from './series-memory.ts';

/** A line whose crossing is watched: rising to it, or falling below it. */
export type Boundary = { readonly value: number; readonly rising: boolean };

export type SeriesPoolOptions = {
  readonly periodMs: number;
  /** How many boundaries are watched for each series. */
  readonly boundaries: number;
  readonly parameters: JudgeParameters;
};

/** Less history than this makes no forecast. */
export const samplesToForecast = 6;
/** After a longer silence, in periods, the recent past is no guide: the series begins anew. */
const longestGap = 12;

/** Multiples of it, modulo 1, lie evenly between 0 and 1. */
const golden = 0.6180339887498949;

/** The models of many series, in flat arrays: takes samples, forecasts, and says how likely a boundary is crossed. */
export class SeriesPool {
  readonly memory: SeriesMemory;
  readonly forecasts: ForecastMemory;
  readonly boundaries: BoundaryMemory;
  readonly #trend = new RecentTrend();
  readonly #periodMs: number;
  readonly #perSeries: number;
  readonly #rising: TreeScorer;
  readonly #falling: TreeScorer;
  readonly #features = new Float32Array(classChangeFeatures.length);
  readonly #points = new Float32Array(forecastSteps.length * forecastLevels.length);
  /** For one horizon the forecasts are kept: they change only when their series closes a period. */
  #keptMinutes = NaN;
  #kept = new Float32Array(0);
  #probability = new Float32Array(0);
  #sum = new Float32Array(0);
  #covered = new Float32Array(0);
  #last = new Float64Array(0);

  constructor(options: SeriesPoolOptions) {
    this.#periodMs = options.periodMs;
    this.#perSeries = options.boundaries;
    this.memory = new SeriesMemory(options.periodMs);
    this.forecasts = new ForecastMemory(this.memory, options.parameters.combination);
    this.boundaries = new BoundaryMemory();
    this.#rising = treeScorer(options.parameters.rising);
    this.#falling = treeScorer(options.parameters.falling);
  }

  /** All that is kept for its series, in bytes. */
  get bytes(): number {
    const own = [this.#kept, this.#probability, this.#sum, this.#covered, this.#last];
    const owned = own.reduce((sum, array) => sum + array.byteLength, 0);
    return this.memory.bytes + this.forecasts.bytes + this.boundaries.bytes + this.#trend.bytes + owned;
  }

  resize(series: number): void {
    this.memory.resize(series);
    this.forecasts.resize(series);
    this.boundaries.resize(series * this.#perSeries);
    this.#trend.resize(series);
    const kept = new Float32Array(series * forecastLevels.length);
    const probability = new Float32Array(series * this.#perSeries);
    const sum = new Float32Array(series);
    const covered = new Float32Array(series);
    const last = new Float64Array(series);
    kept.set(this.#kept);
    probability.set(this.#probability);
    sum.set(this.#sum);
    covered.set(this.#covered);
    last.set(this.#last);
    this.#kept = kept;
    this.#probability = probability;
    this.#sum = sum;
    this.#covered = covered;
    this.#last = last;
  }

  reset(series: number): void {
    this.memory.reset(series);
    this.forecasts.reset(series);
    for (let k = 0; k < this.#perSeries; k += 1) this.boundaries.reset(series * this.#perSeries + k);
    this.#probability.fill(NaN, series * this.#perSeries, (series + 1) * this.#perSeries);
    this.#sum[series] = 0;
    this.#covered[series] = 0;
    this.#trend.reset(series);
    this.#last[series] = NaN;
  }

  /**
   * Takes a sample of any cadence: its value held since the one before. When a period is full its mean goes to the
   * models. Series close their periods at different moments, so that no tick bears the work of all.
   */
  add(series: number, value: number, at: number, boundaries: readonly Boundary[]): void {
    const last = this.#last[series]!;
    const gap = at - last;
    if (Number.isNaN(last) || gap > longestGap * this.#periodMs) {
      if (Number.isFinite(last)) this.reset(series);
      this.#begin(series, value, at, boundaries);
      return;
    }
    if (gap <= 0) return;
    this.#last[series] = at;
    this.#trend.add(series, value, gap);
    if (gap >= this.#periodMs * 0.999) {
      this.#begin(series, value, at, boundaries);
      return;
    }
    const sum = this.#sum[series]! + value * gap;
    const covered = this.#covered[series]! + gap;
    const isFull = covered >= this.#periodMs * 0.999;
    this.#sum[series] = isFull ? 0 : sum;
    this.#covered[series] = isFull ? 0 : covered;
    if (isFull) this.push(series, sum / covered, at, boundaries);
  }

  #begin(series: number, value: number, at: number, boundaries: readonly Boundary[]): void {
    this.push(series, value, at, boundaries);
    // The first period is as if it had begun earlier: by another part of a period for each series.
    const head = ((series * golden) % 1) * this.#periodMs;
    this.#last[series] = at;
    this.#covered[series] = head;
    this.#sum[series] = value * head;
  }

  /** Takes the sample of one whole period. */
  push(series: number, value: number, at: number, boundaries: readonly Boundary[]): void {
    this.memory.add(series, value, at);
    this.forecasts.update(series);
    this.#keep(series);
    for (let k = 0; k < this.#perSeries; k += 1) {
      const boundary = boundaries[k]!;
      const entry = series * this.#perSeries + k;
      this.boundaries.add(entry, value, boundary.value, boundary.rising);
      this.#probability[entry] = isBeyond(value, boundary.value, boundary.rising)
        ? NaN
        : this.#score(series, entry, boundary);
    }
  }

  #score(series: number, entry: number, boundary: Boundary): number {
    if (this.memory.count(series) < samplesToForecast) return NaN;
    this.fillFeatures(this.#features, series, entry, boundary);
    return logistic((boundary.rising ? this.#rising : this.#falling)(this.#features));
  }

  fillFeatures(out: Float32Array, series: number, entry: number, boundary: Boundary): void {
    fillClassChangeFeatures(
      out,
      this.memory,
      series,
      this.boundaries,
      entry,
      boundary.value,
      boundary.rising,
    );
  }

  /** The probability that boundary `k` is crossed within the next six periods; NaN while unknown, or when beyond it. */
  crossing(series: number, k: number): number {
    return this.#probability[series * this.#perSeries + k]!;
  }

  /** Milliseconds until a steady rise of the last minutes reaches a value; NaN where there is none. */
  riseArrival(series: number, value: number): number {
    return this.#trend.arrival(series, value);
  }

  /** When the trend of the last periods, if it leads there, arrives at a value; milliseconds from the newest sample. */
  trendArrival(series: number, value: number, rising: boolean): number | null {
    const line = robustLine(this.memory, series);
    const steps = (value - line.value) / line.slope;
    const isTowards = rising ? line.slope > 0 : line.slope < 0;
    return isTowards && steps > 0 ? steps * this.#periodMs : null;
  }

  /** What is known of the boundaries themselves is forgotten: the policy moved them. */
  resetBoundaries(): void {
    for (let entry = 0; entry < this.#probability.length; entry += 1) this.boundaries.reset(entry);
    this.#probability.fill(NaN);
  }

  /** The horizon that is asked for at every tick; asking for another one is dearer. */
  keepForecasts(minutes: number): void {
    if (minutes === this.#keptMinutes) return;
    this.#keptMinutes = minutes;
    for (let series = 0; series < this.#last.length; series += 1) this.#keep(series);
  }

  /** Null while there is too little history. */
  forecast(series: number, minutes: number): ForecastPoint | null {
    if (this.memory.count(series) < samplesToForecast) return null;
    if (minutes !== this.#keptMinutes) return this.#forecast(series, minutes);
    const start = series * forecastLevels.length;
    const [low, value, high] = [this.#kept[start]!, this.#kept[start + 1]!, this.#kept[start + 2]!];
    return { minutes, value, low, high };
  }

  #keep(series: number): void {
    if (Number.isNaN(this.#keptMinutes) || this.memory.count(series) < samplesToForecast) return;
    const { low, value, high } = this.#forecast(series, this.#keptMinutes);
    const start = series * forecastLevels.length;
    this.#kept[start] = low;
    this.#kept[start + 1] = value;
    this.#kept[start + 2] = high;
  }

  #forecast(series: number, minutes: number): ForecastPoint {
    const points = this.#points;
    const steps = Math.min(forecastSteps.at(-1)!, (minutes * 60_000) / this.#periodMs);
    const right = forecastSteps.findIndex((known) => known >= steps);
    const part =
      right === 0
        ? steps
        : (steps - forecastSteps[right - 1]!) / (forecastSteps[right]! - forecastSteps[right - 1]!);
    this.forecasts.fill(points, series, part < 1 && right > 0 ? right - 1 : right, right + 1);
    const now = this.memory.recent(series, 0);
    const at = (h: number, level: number) => (h < 0 ? now : points[h * forecastLevels.length + level]!);
    const between = (level: number) =>
      (part < 1 ? at(right - 1, level) * (1 - part) : 0) + at(right, level) * part;
    return { minutes, value: between(1), low: between(0), high: between(2) };
  }
}
