import type { PendingCall } from './pending-call.ts';

/** The calls that the host has yet to answer, found by serial: a handful, in the order they were sent. */
export class CallsInFlight {
  readonly #calls: PendingCall[] = [];

  get size(): number {
    return this.#calls.length;
  }

  [Symbol.iterator](): Iterator<PendingCall> {
    return this.#calls.values();
  }

  add(call: PendingCall): void {
    this.#calls.push(call);
  }

  has(serial: number): boolean {
    return this.find(serial) !== undefined;
  }

  find(serial: number): PendingCall | undefined {
    for (const call of this.#calls) if (call.serial === serial) return call;
    return undefined;
  }

  remove(call: PendingCall): void {
    const at = this.#calls.indexOf(call);
    if (at !== -1) this.#calls.splice(at, 1);
  }

  /** Empties it. */
  takeAll(): PendingCall[] {
    return this.#calls.splice(0);
  }
}
