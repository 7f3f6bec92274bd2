/** `String.hashCode` of the Java language specification. */
export function javaStringHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}

/**
 * The order in which a java.util.HashMap hands out its keys: by bucket, and by insertion within a bucket. CloudSim
 * sums MIPS in that order, and the last bit of a sum decides now and then where a VM goes. A map starts with 16
 * buckets, doubles above a fill of 3/4 and never shrinks.
 */
export class JavaHashOrder {
  #buckets = 16;

  /** Says that the map holds that many keys now; returns whether it spread them over more buckets. */
  grow(size: number): boolean {
    const before = this.#buckets;
    while (size > this.#buckets * 0.75) this.#buckets *= 2;
    return this.#buckets !== before;
  }

  /** Positions 0..hashes.length-1 (given in insertion order) in the map's order. */
  order(hashes: readonly number[]): number[] {
    const buckets = hashes.map((hash) => (hash ^ (hash >>> 16)) & (this.#buckets - 1));
    return buckets.map((_, position) => position).sort((a, b) => buckets[a]! - buckets[b]! || a - b);
  }
}
