import type { ClientEvent } from './domain-event.ts';

type Overflow = Extract<ClientEvent, { kind: 'overflow' }>;

/** Events on their way to one listener, which reads them at its own pace: `for await (const event of stream)`. */
export class EventStream<E> implements AsyncIterableIterator<E | Overflow, undefined> {
  readonly #limit: number;
  readonly #onClose: () => void;
  #queue: E[] = [];
  #dropped = 0;
  #closed = false;
  #waiting: ((result: IteratorResult<E | Overflow, undefined>) => void)[] = [];

  constructor(limit: number, onClose: () => void) {
    this.#limit = limit;
    this.#onClose = onClose;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Never waits: when the listener is too far behind, the oldest events go, and it is told how many. */
  push(event: E): void {
    if (this.#closed) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting({ value: event, done: false });
      return;
    }
    this.#queue.push(event);
    if (this.#queue.length > this.#limit) {
      // Half of them at once, so that a stalled listener does not cost a shift of the queue per event.
      const kept = this.#queue.slice(-Math.ceil(this.#limit / 2));
      this.#dropped += this.#queue.length - kept.length;
      this.#queue = kept;
    }
  }

  next(): Promise<IteratorResult<E | Overflow, undefined>> {
    if (this.#dropped > 0) {
      const value: Overflow = { kind: 'overflow', dropped: this.#dropped };
      this.#dropped = 0;
      return Promise.resolve({ value, done: false });
    }
    const value = this.#queue.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.#closed) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** Ends the stream once what is queued has been read. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const waiting of this.#waiting) waiting({ value: undefined, done: true });
    this.#waiting = [];
    this.#onClose();
  }

  /** Called by `for await` when it is left early. */
  return(): Promise<IteratorResult<E | Overflow, undefined>> {
    this.#queue = [];
    this.#dropped = 0;
    this.close();
    return Promise.resolve({ value: undefined, done: true });
  }
}
