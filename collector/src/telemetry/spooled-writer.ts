import type { Point, PointSink } from './point.ts';
import { Spool, type Batch, type SpoolOptions, type SpoolStatus } from './spool.ts';

/** What became of a batch that was offered to the database. */
export type Delivery =
  | { readonly outcome: 'stored' }
  /** The database will never take (some of) these points; offering them again would change nothing. */
  | { readonly outcome: 'refused'; readonly points: number; readonly reason: string }
  | { readonly outcome: 'failed'; readonly reason: string };

/** A database, as the spool sees it. */
export type Destination = {
  readonly name: string;
  readonly encode: (points: readonly Point[]) => { readonly text: string; readonly points: number };
  /** Never throws; ends early when the signal says so. */
  readonly deliver: (batch: Batch, spool: Spool, signal: AbortSignal) => Promise<Delivery>;
  /** All that had piled up while the database was away is stored; `from` is the time of the oldest of it. */
  readonly caughtUp?: (from: number, to: number) => Promise<void>;
};

export type WriterStatus = SpoolStatus & {
  readonly name: string;
  /** `away`: the last attempt failed, the spool fills. */
  readonly state: 'up' | 'away' | 'starting';
  readonly reason: string | null;
  readonly stored: number;
  readonly refused: number;
  readonly refusedBecause: string | null;
};

export type WriterLog = {
  readonly info: (message: string) => void;
  readonly warn: (message: string) => void;
};

export type SpooledWriterOptions = {
  readonly destination: Destination;
  readonly spool: SpoolOptions;
  readonly log: WriterLog;
  /** First and longest pause between attempts. */
  readonly backoffMs?: readonly [first: number, longest: number];
  /** 0..1; spreads the attempts of many collectors. */
  readonly jitter?: () => number;
  readonly onStored?: (batch: Batch, at: number) => void;
};

/** Writes points to a database through a spool: in order, again and again until it has them. */
export class SpooledWriter implements PointSink {
  readonly #options: SpooledWriterOptions;
  readonly #spool: Spool;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #state: WriterStatus['state'] = 'starting';
  #reason: string | null = null;
  #stored = 0;
  #refused = 0;
  #refusedBecause: string | null = null;
  #awaySince: number | null = null;
  #saidTrouble: string | null = null;

  constructor(options: SpooledWriterOptions) {
    this.#options = options;
    this.#spool = new Spool(options.spool);
    this.#spool.onLoss(({ points, because }) => {
      options.log.warn(`${options.destination.name}: ${points} points were dropped: ${because}`);
    });
    this.#running = this.#run();
  }

  write(points: readonly Point[]): void {
    const { text, points: count } = this.#options.destination.encode(points);
    const oldest = points.reduce((least, point) => Math.min(least, point.at), this.#options.spool.now());
    this.#spool.append(text, count, oldest);
    const { diskTrouble } = this.#spool;
    if (diskTrouble === this.#saidTrouble) return;
    this.#saidTrouble = diskTrouble;
    this.#options.log.warn(
      diskTrouble === null
        ? `${this.#options.destination.name}: the spool is on disk again`
        : `${this.#options.destination.name}: the spool's disk takes no more (${diskTrouble}); points stay in memory`,
    );
  }

  status(): WriterStatus {
    return {
      ...this.#spool.status(),
      name: this.#options.destination.name,
      state: this.#state,
      reason: this.#reason,
      stored: this.#stored,
      refused: this.#refused,
      refusedBecause: this.#refusedBecause,
    };
  }

  /** Makes what was written so far ready to be sent, without waiting for the batch to fill. */
  async flush(): Promise<void> {
    await this.#spool.flush();
  }

  /** Stops after at most `graceMs`; what is not stored by then waits on disk for the next start. */
  async close(graceMs = 2000): Promise<void> {
    await this.#spool.flush();
    const deadline = Date.now() + graceMs;
    while (this.#state !== 'away' && this.#spool.status().batches > 0 && Date.now() < deadline)
      await pause(20, this.#stop.signal);
    this.#stop.abort();
    await this.#spool.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { destination, onStored, spool } = this.#options;
    for (let attempt = 0; ;) {
      const batch = await this.#spool.next();
      if (batch === null) return;
      const delivery = await destination.deliver(batch, this.#spool, this.#stop.signal);
      if (delivery.outcome === 'failed') {
        if (this.#stop.signal.aborted) return;
        this.#failed(delivery.reason);
        await pause(this.#backoff(attempt++), this.#stop.signal);
        continue;
      }
      attempt = 0;
      this.#spool.acknowledge(batch);
      const refused = delivery.outcome === 'refused' ? delivery.points : 0;
      this.#stored += batch.points - refused;
      if (delivery.outcome === 'refused') this.#refuse(delivery.points, delivery.reason);
      onStored?.(batch, spool.now());
      await this.#back();
    }
  }

  #failed(reason: string): void {
    if (this.#reason !== reason)
      this.#options.log.warn(`${this.#options.destination.name}: ${reason}; points wait in the spool`);
    if (this.#state !== 'away') this.#stored -= this.#spool.rewind();
    this.#state = 'away';
    this.#reason = reason;
    this.#awaySince ??= this.#spool.status().oldestAt;
  }

  #refuse(points: number, reason: string): void {
    this.#refused += points;
    if (this.#refusedBecause !== reason)
      this.#options.log.warn(`${this.#options.destination.name}: ${points} points were refused: ${reason}`);
    this.#refusedBecause = reason;
  }

  async #back(): Promise<void> {
    if (this.#state === 'away') this.#options.log.info(`${this.#options.destination.name}: back again`);
    this.#state = 'up';
    this.#reason = null;
    if (this.#awaySince === null || this.#spool.status().batches > 0) return;
    const since = this.#awaySince;
    this.#awaySince = null;
    await this.#options.destination.caughtUp?.(since, this.#options.spool.now());
  }

  #backoff(attempt: number): number {
    const [first, longest] = this.#options.backoffMs ?? [500, 30_000];
    const full = Math.min(longest, first * 2 ** attempt);
    return full * (0.5 + 0.5 * (this.#options.jitter ?? Math.random)());
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
