export interface KeepaliveOptions {
  /** Silence after which the peer is asked for a sign of life. */
  readonly intervalMs: number;
  /** So many unanswered questions in a row mean that it is gone. */
  readonly count: number;
}

/** Notices a peer that has gone without closing the connection. */
export class KeepaliveTimer {
  readonly #options: KeepaliveOptions;
  readonly #ping: () => void;
  readonly #dead: () => void;
  #timer: NodeJS.Timeout | undefined;
  #heardSince = false;
  #unanswered = 0;

  constructor(options: KeepaliveOptions, ping: () => void, dead: () => void) {
    this.#options = options;
    this.#ping = ping;
    this.#dead = dead;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#tick();
    }, this.#options.intervalMs).unref();
  }

  /** Any whole packet is a sign of life; single bytes are not, as they may never become one. */
  heard(): void {
    this.#heardSince = true;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    if (this.#heardSince) {
      this.#heardSince = false;
      this.#unanswered = 0;
      return;
    }
    if (this.#unanswered >= this.#options.count) {
      this.stop();
      this.#dead();
      return;
    }
    this.#unanswered += 1;
    this.#ping();
  }
}
