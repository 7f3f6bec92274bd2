type Bucket = { tokens: number; at: number };

/** A token bucket per key: `burst` at once, `perSecond` in the long run. The number of keys kept is bounded. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #keysMax: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perSecond: number, burst: number, keysMax = 10_000) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#keysMax = keysMax;
  }

  /** 0 when there was room for one more, else the seconds to wait. */
  take(key: string, now: number): number {
    const bucket = this.#refill(key, now);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / this.#perSecond));
    bucket.tokens -= 1;
    return 0;
  }

  /** Whether one more would be refused, without taking it. */
  isSpent(key: string, now: number): boolean {
    return this.#refill(key, now).tokens < 1;
  }

  #refill(key: string, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? { tokens: this.#burst, at: now };
    bucket.tokens = Math.min(
      this.#burst,
      bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * this.#perSecond,
    );
    bucket.at = now;
    // Put last again: the first of the map is the one not seen for longest.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#keysMax) this.#buckets.delete(this.#buckets.keys().next().value!);
    return bucket;
  }
}
