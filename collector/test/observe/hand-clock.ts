import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../../src/fleet/clock.ts';

/** A clock that is turned by hand. */
export class HandClock implements Clock {
  #monotonic = 0;
  #wall: number;
  readonly #timers = new Set<{ readonly at: number; readonly call: () => void }>();

  readonly #settle: () => Promise<void>;

  /** `settled` resolves when what the last moment set going has come to rest. */
  constructor(wall = Date.parse('2026-01-01T00:00:00Z'), settled = settle) {
    this.#wall = wall;
    this.#settle = settled;
  }

  readonly now = () => this.#wall;
  readonly monotonic = () => this.#monotonic;
  readonly after = (ms: number, call: () => void) => {
    const timer = { at: this.#monotonic + Math.max(0, ms), call };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  /** Lets time pass, with all that happens in it. */
  async pass(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      await this.#settle();
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#move(Math.max(this.#monotonic, next.at));
      next.call();
    }
    this.#move(end);
    await this.#settle();
  }

  /** Somebody sets the machine's clock. */
  step(ms: number): void {
    this.#wall += ms;
  }

  #move(to: number): void {
    this.#wall += to - this.#monotonic;
    this.#monotonic = to;
  }
}

/** Lets what has been promised come true. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await breathe();
}
