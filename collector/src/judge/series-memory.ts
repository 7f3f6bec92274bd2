/**
 * What is remembered of each series' past, in periods: the last samples, slow and fast averages and how its values
 * are distributed. One flat array, a fixed stretch per series; taking a sample costs the same however long it ran.
 */
export const recentLength = 24;
export const valueBins = 21;

const at = {
  ring: 0,
  position: recentLength,
  count: recentLength + 1,
  fast: recentLength + 2,
  middle: recentLength + 3,
  slow: recentLength + 4,
  change: recentLength + 5,
  longChange: recentLength + 6,
  holtLevel: recentLength + 7,
  holtTrend: recentLength + 8,
  period: recentLength + 9,
  hours: recentLength + 10,
  days: recentLength + 10 + 24,
  values: recentLength + 10 + 24 + 7,
} as const;

export const seriesStride = at.values + valueBins;

const holtSmoothing = { level: 0.4, trend: 0.08, damping: 0.85 } as const;
/** The hours' means remember about four days, the weekdays' departures about four weeks. */
const profileMemory = { hour: 4, day: 4 } as const;
const weekdaysAfterDays = 14;

const smoothing = { fast: 0.4, middle: 0.12, slow: 0.02, change: 0.15, longChange: 0.02 } as const;

/** Old values count half after about two days of five-minute periods. */
const valuesKept = 1 - 1 / 800;

const firstMonday = Date.UTC(1970, 0, 5);

const binOf = (value: number): number =>
  value >= 1 ? valueBins - 1 : value <= 0 ? 0 : Math.floor(value * (valueBins - 1) + 1e-6);

export class SeriesMemory {
  readonly #periodMs: number;
  readonly #periodsPerHour: number;
  readonly #periodsPerDay: number;
  #data = new Float32Array(0);
  /** The series whose quantiles were last asked for; -1: none since it changed. */
  #asked = -1;
  #weights = 0;
  #median = 0;

  constructor(periodMs: number) {
    this.#periodMs = periodMs;
    this.#periodsPerHour = 3_600_000 / periodMs;
    this.#periodsPerDay = 86_400_000 / periodMs;
  }

  get bytes(): number {
    return this.#data.byteLength;
  }

  resize(series: number): void {
    const data = new Float32Array(series * seriesStride);
    data.set(this.#data);
    this.#data = data;
  }

  reset(series: number): void {
    this.#asked = -1;
    this.#data.fill(0, series * seriesStride, (series + 1) * seriesStride);
  }

  /** How many samples it has seen since it began. */
  count(series: number): number {
    return this.#data[series * seriesStride + at.count]!;
  }

  /** The sample `back` periods ago (0: the newest); before the first, the first. */
  recent(series: number, back: number): number {
    const base = series * seriesStride;
    const known = Math.min(this.#data[base + at.count]!, recentLength);
    const steps = back < known ? back : known - 1;
    return this.#data[
      base + at.ring + ((this.#data[base + at.position]! - 1 - steps + 2 * recentLength) % recentLength)
    ]!;
  }

  fast(series: number): number {
    return this.#data[series * seriesStride + at.fast]!;
  }

  middle(series: number): number {
    return this.#data[series * seriesStride + at.middle]!;
  }

  slow(series: number): number {
    return this.#data[series * seriesStride + at.slow]!;
  }

  /** Mean size of the steps from sample to sample, lately. */
  change(series: number): number {
    return this.#data[series * seriesStride + at.change]!;
  }

  longChange(series: number): number {
    return this.#data[series * seriesStride + at.longChange]!;
  }

  /** The share of past samples at or above `value`. */
  shareAbove(series: number, value: number): number {
    const start = series * seriesStride + at.values;
    const position = Math.min(1, Math.max(0, value)) * (valueBins - 1);
    const bin = Math.min(valueBins - 1, Math.floor(position + 1e-6));
    const part = Math.min(1, Math.max(0, bin + 1 - position));
    let all = 0;
    let above = this.#data[start + bin]! * part;
    for (let i = 0; i < valueBins; i += 1) {
      const weight = this.#data[start + i]!;
      all += weight;
      if (i > bin) above += weight;
    }
    return all === 0 ? 0 : above / all;
  }

  /** The value that the share `level` of past samples lies under. */
  quantile(series: number, level: number): number {
    if (this.#asked !== series) this.#ask(series);
    return level === 0.5 ? this.#median : this.#quantile(series, level);
  }

  /** A forecast asks for several quantiles of one series in a row: their sum and the median are found once. */
  #ask(series: number): void {
    const start = series * seriesStride + at.values;
    let all = 0;
    for (let i = 0; i < valueBins; i += 1) all += this.#data[start + i]!;
    this.#weights = all;
    this.#median = this.#quantile(series, 0.5);
    this.#asked = series;
  }

  #quantile(series: number, level: number): number {
    const data = this.#data;
    const start = series * seriesStride + at.values;
    const wanted = level * this.#weights;
    let below = 0;
    for (let i = 0; i < valueBins; i += 1) {
      const weight = data[start + i]!;
      if (below + weight >= wanted && weight > 0) return (i + (wanted - below) / weight) / (valueBins - 1);
      below += weight;
    }
    return 1;
  }

  holt(series: number): { level: number; trend: number } {
    const base = series * seriesStride;
    return { level: this.#data[base + at.holtLevel]!, trend: this.#data[base + at.holtTrend]! };
  }

  /** There is a daily profile once a whole day and an hour were seen. */
  hasSeason(series: number): boolean {
    return this.count(series) >= this.#periodsPerDay + this.#periodsPerHour;
  }

  /** What this hour of the day, and this day of the week, usually bring, `steps` periods from the newest sample. */
  seasonal(series: number, steps: number): number {
    const base = series * seriesStride;
    const period = this.#data[base + at.period]! + steps;
    // The hours' means stand in the middle of their hours; between them goes a straight line.
    const hours = period / this.#periodsPerHour - 0.5;
    const hour = Math.floor(hours);
    const part = hours - hour;
    const profile = at.hours + base;
    const expected =
      this.#data[profile + (((hour % 24) + 24) % 24)]! * (1 - part) +
      this.#data[profile + ((hour + 1) % 24)]! * part;
    if (this.count(series) < weekdaysAfterDays * this.#periodsPerDay) return expected;
    return expected + this.#data[base + at.days + (Math.floor(period / this.#periodsPerDay) % 7)]!;
  }

  #addToProfile(base: number, value: number, seen: number, when: number): void {
    // Counted from a Monday, in periods, small enough for a 32-bit float to hold exactly.
    const cycle = 52 * 7 * this.#periodsPerDay;
    const period = ((Math.floor((when - firstMonday) / this.#periodMs) % cycle) + cycle) % cycle;
    this.#data[base + at.period] = period;
    const hour = Math.floor(period / this.#periodsPerHour) % 24;
    const day = Math.floor(period / this.#periodsPerDay) % 7;
    const daysSeen = Math.floor(seen / this.#periodsPerDay);
    const inHour =
      Math.floor(this.#periodsPerHour * Math.min(daysSeen, profileMemory.hour)) +
      (period % this.#periodsPerHour);
    this.#average(base + at.hours + hour, value, 0, inHour);
    const departure = value - this.#data[base + at.hours + hour]!;
    this.#average(base + at.days + day, departure, 1 / (profileMemory.day * this.#periodsPerDay), seen / 7);
  }

  /** The middle of its past: of the bin that holds the median, the place nearest to the mean. */
  level(series: number): number {
    const width = 1 / (valueBins - 1);
    const bin = Math.floor(this.quantile(series, 0.5) / width - 1e-6) * width;
    return Math.min(bin + width, Math.max(bin, this.slow(series)));
  }

  /** A quantile of its past. Within the bin of the median it is no further off than the series usually moves. */
  levelQuantile(series: number, share: number): number {
    const width = 1 / (valueBins - 1);
    const bin = (place: number) => Math.floor(place / width - 1e-6);
    const value = this.quantile(series, share);
    if (bin(value) !== bin(this.quantile(series, 0.5))) return value;
    const level = this.level(series);
    const reach = this.change(series) + this.longChange(series);
    return Math.min(level + reach, Math.max(level - reach, value));
  }

  add(series: number, value: number, when: number): void {
    this.#asked = -1;
    const base = series * seriesStride;
    const data = this.#data;
    const count = data[base + at.count]!;
    const position = data[base + at.position]!;
    if (count === 0) {
      data[base + at.fast] = value;
      data[base + at.middle] = value;
      data[base + at.slow] = value;
      data.fill(value, base + at.hours, base + at.hours + 24);
    } else {
      const before = data[base + at.ring + ((position - 1 + recentLength) % recentLength)]!;
      const step = Math.abs(value - before);
      this.#average(base + at.change, step, smoothing.change, count - 1);
      this.#average(base + at.longChange, step, smoothing.longChange, count - 1);
      this.#average(base + at.fast, value, smoothing.fast, count);
      this.#average(base + at.middle, value, smoothing.middle, count);
      this.#average(base + at.slow, value, smoothing.slow, count);
    }
    this.#addHolt(base, value, count);
    this.#addToProfile(base, value, count, when);
    const values = base + at.values;
    for (let i = 0; i < valueBins; i += 1) data[values + i] = data[values + i]! * valuesKept;
    data[values + binOf(value)] = data[values + binOf(value)]! + 1;
    data[base + at.ring + position] = value;
    data[base + at.position] = (position + 1) % recentLength;
    data[base + at.count] = count + 1;
  }

  #addHolt(base: number, value: number, seen: number): void {
    const data = this.#data;
    if (seen === 0) {
      data[base + at.holtLevel] = value;
      data[base + at.holtTrend] = 0;
      return;
    }
    const { level, trend, damping } = holtSmoothing;
    const before = data[base + at.holtLevel]!;
    const expected = before + damping * data[base + at.holtTrend]!;
    const now = expected + level * (value - expected);
    data[base + at.holtTrend] = trend * (now - before) + (1 - trend) * damping * data[base + at.holtTrend]!;
    data[base + at.holtLevel] = now;
  }

  /** A plain mean at first, an exponential one once that is the slower of both. */
  #average(i: number, value: number, smoothing: number, seen: number): void {
    const weight = Math.max(smoothing, 1 / (seen + 1));
    this.#data[i] = this.#data[i]! + weight * (value - this.#data[i]!);
  }
}
