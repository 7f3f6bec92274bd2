/**
 * Whose dirty rate is measured next on one host: each VM about once in a round, a bounded number at a time. Always by
 * page sampling, which costs QEMU little; the bitmap mode has killed QEMU.
 */
export class DirtyRateRotation {
  readonly #everyMs: number;
  readonly #perHost: number;
  readonly #lastStart = new Map<string, number>();
  readonly #running = new Set<string>();
  #last = -Infinity;

  constructor(options: { readonly everyMs: number; readonly perHost: number }) {
    this.#everyMs = options.everyMs;
    this.#perHost = options.perHost;
  }

  /** The VM to start with now, or null. */
  next(uuids: readonly string[], atMs: number): string | null {
    if (uuids.length === 0 || this.#running.size >= this.#perHost) return null;
    if (atMs - this.#last < this.#everyMs / uuids.length) return null;
    let choice: string | null = null;
    let oldest = atMs - this.#everyMs / 2; // a VM that was measured lately waits, even if the others are gone
    for (const uuid of uuids) {
      if (this.#running.has(uuid)) continue;
      const started = this.#lastStart.get(uuid) ?? -Infinity;
      if (started >= oldest) continue;
      oldest = started;
      choice = uuid;
    }
    if (choice === null) return null;
    this.#last = atMs;
    this.#lastStart.set(choice, atMs);
    this.#running.add(choice);
    return choice;
  }

  done(uuid: string): void {
    this.#running.delete(uuid);
  }

  forget(uuid: string): void {
    this.#running.delete(uuid);
    this.#lastStart.delete(uuid);
  }
}
