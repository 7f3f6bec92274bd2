/** Gives every host or VM a slot number, so that what is known of it lives in flat arrays; slots are used again. */
export class SubjectBook {
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #resize: (capacity: number) => void;
  readonly #reset: (slot: number) => void;
  #capacity: number;
  #seen: Float64Array;
  #next = 0;

  constructor(resize: (capacity: number) => void, reset: (slot: number) => void, capacity = 64) {
    this.#resize = resize;
    this.#reset = reset;
    this.#capacity = capacity;
    this.#seen = new Float64Array(capacity);
    resize(capacity);
  }

  get size(): number {
    return this.#slots.size;
  }

  get capacity(): number {
    return this.#capacity;
  }

  find(id: string): number | undefined {
    return this.#slots.get(id);
  }

  /** The slot of `id`, which is made when it is new. */
  slot(id: string, at: number): number {
    const known = this.#slots.get(id);
    if (known !== undefined) {
      this.#seen[known] = at;
      return known;
    }
    const slot = this.#free.pop() ?? this.#next++;
    if (slot >= this.#capacity) {
      this.#capacity *= 2;
      const seen = new Float64Array(this.#capacity);
      seen.set(this.#seen);
      this.#seen = seen;
      this.#resize(this.#capacity);
    }
    this.#slots.set(id, slot);
    this.#seen[slot] = at;
    this.#reset(slot);
    return slot;
  }

  /** Frees the slots of all that was last seen before `at`. */
  forget(before: number): void {
    for (const [id, slot] of this.#slots) {
      if (this.#seen[slot]! >= before) continue;
      this.#slots.delete(id);
      this.#free.push(slot);
    }
  }
}
