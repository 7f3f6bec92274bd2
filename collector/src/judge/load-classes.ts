import { loadClasses, type LoadClass } from '../fleet/load-class.ts';
import { dimensions, type Dimension, type Load } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';

export const classRank = { low: 0, medium: 1, high: 2 } as const;

const rankOf = (load: number, boundaries: { medium: number; high: number }, slack: number): number =>
  load >= boundaries.high - slack ? 2 : load >= boundaries.medium - slack ? 1 : 0;

/** The class of one load, without memory. */
export const plainClass = (load: number, dimension: Dimension, policy: Policy): LoadClass =>
  loadClasses[rankOf(load, policy.classes[dimension], 0)]!;

const none = 3;

/**
 * The class of every VM: its highest over all dimensions. It rises when a load has stayed at or above a boundary for
 * the dwell time, and falls when all have stayed below the boundary less the hysteresis for that long.
 */
export class ClassBook {
  #class = new Uint8Array(0);
  #candidate = new Uint8Array(0);
  #candidateSince = new Float64Array(0);

  resize(capacity: number): void {
    this.#class = grow(this.#class, capacity);
    this.#candidate = grow(this.#candidate, capacity);
    const since = new Float64Array(capacity);
    since.set(this.#candidateSince);
    this.#candidateSince = since;
  }

  reset(slot: number): void {
    this.#class[slot] = none;
    this.#candidate[slot] = none;
  }

  of(slot: number): LoadClass | undefined {
    return loadClasses[this.#class[slot]!];
  }

  /** Takes a sample and gives the class; undefined while nothing is known of the VM. */
  update(slot: number, load: Load, at: number, policy: Policy): LoadClass | undefined {
    let rising = -1;
    let falling = -1;
    for (const dimension of dimensions) {
      const share = load[dimension];
      if (share === null) continue;
      const boundaries = policy.classes[dimension];
      rising = Math.max(rising, rankOf(share, boundaries, 0));
      falling = Math.max(falling, rankOf(share, boundaries, policy.classes.hysteresis));
    }
    if (rising < 0) return this.of(slot);
    const current = this.#class[slot]!;
    if (current === none) {
      this.#class[slot] = rising;
      return this.of(slot);
    }
    const wanted = rising > current ? rising : falling < current ? falling : current;
    if (wanted === current) {
      this.#candidate[slot] = none;
      return this.of(slot);
    }
    const before = this.#candidate[slot]!;
    const sameDirection = before !== none && wanted > current === before > current;
    if (!sameDirection) this.#candidateSince[slot] = at;
    // What held over the whole dwell time counts, not the peak of it.
    const held = !sameDirection
      ? wanted
      : wanted > current
        ? Math.min(before, wanted)
        : Math.max(before, wanted);
    this.#candidate[slot] = held;
    if (at - this.#candidateSince[slot]! >= policy.classes.dwellSeconds * 1000) {
      this.#class[slot] = held;
      this.#candidate[slot] = none;
    }
    return this.of(slot);
  }
}

const grow = (array: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> => {
  const larger = new Uint8Array(capacity);
  larger.set(array);
  return larger;
};
