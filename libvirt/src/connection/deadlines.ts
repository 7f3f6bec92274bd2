import type { PendingCall } from './pending-call.ts';

/** A longer timer would fire at once. */
const TIMER_MAX_MS = 0x7fff_ffff;

/**
 * One timer for the deadlines of all calls of a connection, set to the earliest. A call that ends in time only leaves
 * the count: the timer finds out when it fires, which is once in thousands of calls.
 */
export class Deadlines {
  readonly #pending: () => readonly PendingCall[];
  readonly #expire: (call: PendingCall) => void;
  #timer: NodeJS.Timeout | undefined;
  #firesAtMs = Infinity;
  #watched = 0;

  constructor(pending: () => readonly PendingCall[], expire: (call: PendingCall) => void) {
    this.#pending = pending;
    this.#expire = expire;
  }

  /** From now on the call must end within its time. */
  watch(call: PendingCall): void {
    if (call.deadlineMs === Infinity) return;
    this.#watched += 1;
    if (call.deadlineMs < this.#firesAtMs) this.#set(call.deadlineMs);
    // Only a call that waits keeps the process alive.
    else if (this.#watched === 1) this.#timer?.ref();
  }

  /** A watched call has ended. */
  ended(call: PendingCall): void {
    if (call.deadlineMs === Infinity) return;
    this.#watched -= 1;
    if (this.#watched === 0) this.#timer?.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#firesAtMs = Infinity;
  }

  #set(atMs: number): void {
    clearTimeout(this.#timer);
    this.#firesAtMs = atMs;
    const waitMs = Math.max(0, atMs - performance.now());
    this.#timer = setTimeout(
      () => {
        this.#fired();
      },
      Math.min(Math.ceil(waitMs), TIMER_MAX_MS),
    );
    if (this.#watched === 0) this.#timer.unref();
  }

  #fired(): void {
    this.stop();
    const nowMs = performance.now();
    const left = this.#pending().filter(({ settled, deadlineMs }) => !settled && deadlineMs < Infinity);
    left.sort((a, b) => a.deadlineMs - b.deadlineMs);
    const due = left.findIndex(({ deadlineMs }) => deadlineMs > nowMs);
    for (const call of due === -1 ? left : left.slice(0, due)) this.#expire(call);
    const next = due === -1 ? Infinity : left[due]!.deadlineMs;
    // Whoever was told may have made further calls.
    if (next < this.#firesAtMs) this.#set(next);
  }
}
