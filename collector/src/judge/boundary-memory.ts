/**
 * What is remembered of a series and one class boundary: how lately and how often it was beyond, and how often a
 * crossing followed within the horizon when it was near or far. `rising`: beyond is at or above the boundary;
 * falling: beyond is below it.
 */
export const crossingSteps = 6;
const buckets = 5;
const longestSince = 288;

const at = {
  since: 0,
  lately: 1,
  longer: 2,
  entries: 3,
  inside: 4,
  position: 5,
  pending: 6,
  trials: 7,
  hits: 7 + buckets,
} as const;
export const boundaryStride = at.hits + buckets;

const smoothing = { lately: 0.1, longer: 0.03 } as const;

/** Trials that still wait for their outcome: for each of the last six samples its bucket + 1, or 0, as digits. */
const digit = buckets + 1;
const powers = Array.from({ length: crossingSteps }, (_, i) => digit ** i);

/** 70 % in 32 bits is a hair under 0.7: at the boundary is beyond. */
const hair = 1e-6;

export const isBeyond = (value: number, boundary: number, rising: boolean): boolean =>
  rising ? value >= boundary - hair : value < boundary - hair;

/** How far the series is from the boundary, coarsely: each bucket learns of its own how often a crossing follows. */
const bucketOf = (value: number, boundary: number, rising: boolean): number => {
  const room = rising ? boundary : 1 - boundary;
  const gap = rising ? boundary - value : value - boundary;
  return Math.min(buckets - 1, Math.max(0, Math.floor((gap / Math.max(room, 0.05)) * buckets)));
};

export class BoundaryMemory {
  #data = new Float32Array(0);

  get bytes(): number {
    return this.#data.byteLength;
  }

  resize(entries: number): void {
    const data = new Float32Array(entries * boundaryStride);
    data.set(this.#data);
    this.#data = data;
  }

  reset(entry: number): void {
    const base = entry * boundaryStride;
    this.#data.fill(0, base, base + boundaryStride);
    this.#data[base + at.since] = longestSince;
  }

  /** Periods since it was last beyond the boundary. */
  since(entry: number): number {
    return this.#data[entry * boundaryStride + at.since]!;
  }

  lately(entry: number): number {
    return this.#data[entry * boundaryStride + at.lately]!;
  }

  longer(entry: number): number {
    return this.#data[entry * boundaryStride + at.longer]!;
  }

  /** Crossings per period spent on this side. */
  entryRate(entry: number): number {
    const base = entry * boundaryStride;
    return (this.#data[base + at.entries]! + 0.05) / (this.#data[base + at.inside]! + 5);
  }

  /** How often a crossing followed within the horizon, over all places and at this distance from the boundary. */
  hitRates(entry: number, value: number, boundary: number, rising: boolean): { all: number; here: number } {
    const base = entry * boundaryStride;
    let trials = 0;
    let hits = 0;
    for (let b = 0; b < buckets; b += 1) {
      trials += this.#data[base + at.trials + b]!;
      hits += this.#data[base + at.hits + b]!;
    }
    const all = (hits + 0.1) / (trials + 2);
    const bucket = bucketOf(value, boundary, rising);
    const here =
      (this.#data[base + at.hits + bucket]! + 3 * all) / (this.#data[base + at.trials + bucket]! + 3);
    return { all, here };
  }

  add(entry: number, value: number, boundary: number, rising: boolean): void {
    const base = entry * boundaryStride;
    const data = this.#data;
    const position = data[base + at.position]!;
    const beyond = isBeyond(value, boundary, rising);
    if (beyond) {
      if (data[base + at.since]! > 0) data[base + at.entries] = data[base + at.entries]! + 1;
      for (let slot = 0; slot < crossingSteps; slot += 1) this.#resolve(base, slot, 1);
      data[base + at.pending] = 0;
    } else {
      data[base + at.inside] = data[base + at.inside]! + 1;
      const left = data[base + at.pending]! - this.#resolve(base, position, 0) * powers[position]!;
      data[base + at.pending] = left + (bucketOf(value, boundary, rising) + 1) * powers[position]!;
    }
    data[base + at.since] = beyond ? 0 : Math.min(longestSince, data[base + at.since]! + 1);
    const seen = beyond ? 1 : 0;
    data[base + at.lately] = data[base + at.lately]! + smoothing.lately * (seen - data[base + at.lately]!);
    data[base + at.longer] = data[base + at.longer]! + smoothing.longer * (seen - data[base + at.longer]!);
    data[base + at.position] = (position + 1) % crossingSteps;
  }

  /** Counts the outcome of a waiting trial and gives its digit. */
  #resolve(base: number, slot: number, outcome: 0 | 1): number {
    const waiting = Math.floor(this.#data[base + at.pending]! / powers[slot]!) % digit;
    if (waiting === 0) return 0;
    const bucket = waiting - 1;
    this.#data[base + at.trials + bucket] = this.#data[base + at.trials + bucket]! + 1;
    this.#data[base + at.hits + bucket] = this.#data[base + at.hits + bucket]! + outcome;
    return waiting;
  }
}
