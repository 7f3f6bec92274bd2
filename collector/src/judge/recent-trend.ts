/**
 * The last minutes of each series, minute by minute, to see a steady rise long before the five-minute models do.
 * Only a line that explains nearly all that moved counts: a step or a swing does not look like one.
 */
const minutes = 8;
const minuteMs = 60_000;
/** Slower sampling shows no trend within minutes. */
const longestGapMs = 90_000;
/** How many standard errors the slope must be away from none, and how much it must have risen at least. */
const clearness = 10;
const leastRise = 0.03;

const middle = (minutes - 1) / 2;
const spread = (minutes * (minutes * minutes - 1)) / 12;

export class RecentTrend {
  #ring = new Float32Array(0);
  #sum = new Float32Array(0);
  #covered = new Float32Array(0);
  #known = new Uint8Array(0);

  get bytes(): number {
    return [this.#ring, this.#sum, this.#covered, this.#known].reduce((all, one) => all + one.byteLength, 0);
  }

  resize(series: number): void {
    const ring = new Float32Array(series * minutes);
    const sum = new Float32Array(series);
    const covered = new Float32Array(series);
    const known = new Uint8Array(series);
    ring.set(this.#ring);
    sum.set(this.#sum);
    covered.set(this.#covered);
    known.set(this.#known);
    this.#ring = ring;
    this.#sum = sum;
    this.#covered = covered;
    this.#known = known;
  }

  reset(series: number): void {
    this.#known[series] = 0;
    this.#sum[series] = 0;
    this.#covered[series] = 0;
  }

  /** Takes a value that held for `gapMs`. */
  add(series: number, value: number, gapMs: number): void {
    if (gapMs > longestGapMs) {
      this.reset(series);
      return;
    }
    this.#sum[series] = this.#sum[series]! + value * gapMs;
    this.#covered[series] = this.#covered[series]! + gapMs;
    if (this.#covered[series] < minuteMs * 0.999) return;
    const start = series * minutes;
    this.#ring.copyWithin(start, start + 1, start + minutes);
    this.#ring[start + minutes - 1] = this.#sum[series] / this.#covered[series];
    this.#known[series] = Math.min(minutes, this.#known[series]! + 1);
    this.#sum[series] = 0;
    this.#covered[series] = 0;
  }

  /** Milliseconds until a steady rise reaches `value`, from the end of the last minute; NaN where there is none. */
  arrival(series: number, value: number): number {
    if (this.#known[series]! < minutes) return NaN;
    const start = series * minutes;
    const ring = this.#ring;
    if (ring[start + minutes - 1]! - ring[start]! < leastRise) return NaN;
    let sum = 0;
    let covariance = 0;
    for (let i = 0; i < minutes; i += 1) {
      sum += ring[start + i]!;
      covariance += (i - middle) * ring[start + i]!;
    }
    const mean = sum / minutes;
    const slope = covariance / spread;
    if (slope * (minutes - 1) < leastRise) return NaN;
    let squares = 0;
    for (let i = 0; i < minutes; i += 1) squares += (ring[start + i]! - mean - slope * (i - middle)) ** 2;
    const error = Math.sqrt(squares / (minutes - 2) / spread);
    if (slope < clearness * error) return NaN;
    const now = mean + slope * (minutes - middle - 0.5);
    return Math.max(0, (value - now) / slope) * minuteMs;
  }

  /**
   * How likely the rise goes on until it is there. What has lasted eight minutes lasts as long again in half of all
   * cases: without other knowledge the chance to last from w to w + t is w / (w + t).
   */
  static lasts(arrivalMs: number): number {
    const lasted = minutes * minuteMs;
    return lasted / (lasted + arrivalMs);
  }
}
