import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip, gzipSync } from 'node:zlib';
import { claimDirectory, closedName, isDiskTrouble, openName, releaseDirectory } from './spool-directory.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** How many points came in at once, and of when the oldest of them is: so that their way can be timed. */
export type Arrival = { readonly at: number; readonly points: number };

export type Batch = {
  readonly sequence: number;
  readonly points: number;
  /** gzip of the lines. */
  readonly payload: Buffer;
  /** Empty for a batch that an earlier process left behind. */
  readonly arrivals: readonly Arrival[];
};

export type SpoolOptions = {
  readonly directory: string;
  /** Of batches on disk and in memory together; beyond it the oldest are dropped. */
  readonly maximumBytes: number;
  readonly now: () => number;
  /** Acknowledged batches are kept this long, for `rewind`. */
  readonly replayMs?: number;
  readonly batchPoints?: number;
  readonly batchMs?: number;
  /** Of batches that the disk would not take. */
  readonly memoryBytes?: number;
};

export type SpoolStatus = {
  readonly batches: number;
  readonly points: number;
  readonly bytes: number;
  /** Points dropped for want of room since this process started, and why the last of them were. */
  readonly lost: number;
  readonly lostBecause: string | null;
  /** Why batches are kept in memory only, just now. */
  readonly diskTrouble: string | null;
  /** Of when the oldest waiting point is; null when none waits. */
  readonly oldestAt: number | null;
};

type Held = {
  readonly sequence: number;
  readonly points: number;
  arrivals: readonly Arrival[];
  readonly since: number;
  bytes: number;
  payload: Buffer | null;
  file: string | null;
};

type OpenBatch = {
  /** Null when the disk takes no more. */
  descriptor: number | null;
  lines: string[];
  points: number;
  arrivals: Arrival[];
  bytes: number;
};

/** Batches whose payload stays in memory although they are on disk: enough for a database that keeps up. */
const keptInMemory = 4;

/**
 * Points on their way to a database, in order, on disk from the moment they are appended. A batch collects lines in an
 * open file; full or a second old it is compressed and waits to be taken with `next` and confirmed with `acknowledge`.
 * What a killed process leaves is found again, a torn last line left out. A disk that takes no more is no reason to
 * stop: batches then stay in memory, within a bound of their own.
 */
export class Spool {
  readonly #options: Required<SpoolOptions>;
  readonly #held: Held[] = [];
  readonly #delivered: { readonly held: Held; readonly at: number }[] = [];
  #sequence: number;
  #open: OpenBatch;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> = Promise.resolve();
  #waiting: (() => void) | undefined;
  #ended = false;
  #lost = 0;
  #lostBecause: string | null = null;
  #diskTrouble: string | null = null;
  #announce: (batch: { readonly points: number; readonly because: string }) => void = () => undefined;

  constructor(options: SpoolOptions) {
    this.#options = { replayMs: 0, batchPoints: 5000, batchMs: 1000, memoryBytes: 67_108_864, ...options };
    const found = claimDirectory(options.directory);
    for (const file of found) {
      const full = path.join(options.directory, file.name);
      const held = { sequence: file.sequence, arrivals: [], since: file.modifiedAt, payload: null };
      if (file.points !== null)
        this.#held.push({ ...held, points: file.points, bytes: file.bytes, file: full });
      else this.#recover(full, held);
    }
    this.#sequence = (found.at(-1)?.sequence ?? 0) + 1;
    this.#open = this.#openBatch();
    this.#bound();
  }

  /** Called with every loss, so that it can be logged. */
  onLoss(announce: (loss: { readonly points: number; readonly because: string }) => void): void {
    this.#announce = announce;
  }

  /** Takes whole lines. They are in the operating system's hands when this returns, if the disk has room. */
  append(text: string, points: number, at: number = this.#options.now()): void {
    if (points === 0) return;
    const open = this.#open;
    open.lines.push(text);
    open.points += points;
    open.bytes += text.length;
    open.arrivals.push({ at, points });
    if (open.descriptor !== null)
      try {
        writeAll(open.descriptor, text);
      } catch (error) {
        this.#abandonOpenFile(error);
      }
    if (open.points >= this.#options.batchPoints) this.#rotate();
    else this.#timer ??= setTimeout(this.#rotate, this.#options.batchMs);
  }

  /** The oldest batch; waits for one. Null when the spool was closed. Asking again gives the same batch. */
  async next(): Promise<Batch | null> {
    for (;;) {
      if (this.#ended) return null;
      const held = this.#held[0];
      if (held === undefined) {
        await new Promise<void>((resolve) => (this.#waiting = resolve));
        continue;
      }
      try {
        held.payload ??= await readFile(held.file!);
      } catch (error) {
        this.#drop(held, `its file could not be read: ${(error as Error).message}`);
        continue;
      }
      return held as Held & { payload: Buffer };
    }
  }

  /** The lines of a batch; null when they are damaged. */
  async linesOf(batch: Batch): Promise<string | null> {
    try {
      return (await decompress(batch.payload)).toString('utf8');
    } catch {
      return null;
    }
  }

  /** The database has this batch. */
  acknowledge(batch: Batch): void {
    const held = this.#held[0];
    if (held?.sequence !== batch.sequence) return; // dropped for want of room while it was under way
    this.#held.shift();
    this.#delivered.push({ held, at: this.#options.now() });
    this.#forget(this.#options.now() - this.#options.replayMs);
  }

  /**
   * Puts back what was acknowledged within `replayMs`: a database that answers before it has stored may have lost it.
   * Returns how many points will be offered again.
   */
  rewind(): number {
    this.#forget(this.#options.now() - this.#options.replayMs);
    const again = this.#delivered.splice(0).map(({ held }) => held);
    this.#held.unshift(...again);
    return again.reduce((sum, held) => sum + held.points, 0);
  }

  /** Why batches are kept in memory only, just now. */
  get diskTrouble(): string | null {
    return this.#diskTrouble;
  }

  status(): SpoolStatus {
    const { arrivals, points, bytes } = this.#open;
    return {
      batches: this.#held.length,
      points: this.#held.reduce((sum, held) => sum + held.points, points),
      bytes: this.#held.reduce((sum, held) => sum + held.bytes, bytes),
      lost: this.#lost,
      lostBecause: this.#lostBecause,
      diskTrouble: this.#diskTrouble,
      oldestAt: this.#held[0]?.since ?? arrivals[0]?.at ?? null,
    };
  }

  /** Completes the open batch and waits until it can be taken. */
  async flush(): Promise<void> {
    this.#rotate();
    await this.#closing;
  }

  /** Leaves everything on disk for the next process. */
  async close(): Promise<void> {
    await this.flush();
    this.#ended = true;
    this.#waiting?.();
    clearTimeout(this.#timer);
    if (this.#open.descriptor !== null) {
      closeSync(this.#open.descriptor);
      rmSync(this.#openPath(), { force: true });
    }
    this.#settle();
    this.#forget(Infinity);
    releaseDirectory(this.#options.directory);
  }

  readonly #rotate = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const full = this.#open;
    if (full.points === 0) return;
    const sequence = this.#sequence++;
    const file = full.descriptor === null ? null : this.#path(openName(sequence));
    if (full.descriptor !== null) closeSync(full.descriptor);
    this.#open = this.#openBatch();
    const { points, arrivals } = full;
    const text = full.lines.join('');
    // One after the other, so that batches come out in the order in which they went in.
    this.#closing = this.#closing.then(async () => {
      const payload = await compress(text, { level: 1 });
      const since = arrivals[0]?.at ?? this.#options.now();
      const held: Held = { sequence, points, arrivals, since, bytes: text.length, payload, file };
      this.#held.push(held);
      this.#settle();
      this.#bound();
      this.#waiting?.();
      this.#waiting = undefined;
    });
  };

  /** Puts waiting batches on disk in their final form, those first that are nowhere on disk yet. */
  #settle(): void {
    const falling = this.#held.length > keptInMemory;
    for (const held of this.#held) {
      if (held.payload === null || held.file?.endsWith('.gz') === true) continue;
      // A database that keeps up has a batch before it is worth writing it a second time.
      if (held.file !== null && !falling) continue;
      if (!this.#store(held)) return;
    }
    this.#diskTrouble = null;
    for (const held of this.#held.slice(keptInMemory)) {
      if (held.file === null) continue;
      held.payload = null;
      held.arrivals = [{ at: held.since, points: held.points }];
    }
  }

  #store(held: Held): boolean {
    const target = this.#path(closedName(held.sequence, held.points));
    try {
      writeFileSync(`${target}.part`, held.payload!);
      renameSync(`${target}.part`, target);
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
      rmSync(`${target}.part`, { force: true });
      this.#diskTrouble = (error as Error).message;
      return false;
    }
    if (held.file !== null) rmSync(held.file, { force: true });
    held.file = target;
    held.bytes = held.payload!.length;
    return true;
  }

  #bound(): void {
    let bytes = this.#held.reduce((sum, held) => sum + held.bytes, 0);
    while (bytes > this.#options.maximumBytes && this.#held.length > 1) {
      bytes -= this.#held[0]!.bytes;
      this.#drop(this.#held[0]!, `the spool is at its bound of ${this.#options.maximumBytes} bytes`);
    }
    const onlyHere = () => this.#held.filter((held) => held.file === null);
    let memory = onlyHere().reduce((sum, held) => sum + (held.payload?.length ?? 0), 0);
    while (memory > this.#options.memoryBytes) {
      const oldest = onlyHere()[0]!;
      memory -= oldest.payload?.length ?? 0;
      this.#drop(
        oldest,
        `the disk takes no more (${this.#diskTrouble ?? 'unknown'}) and memory is at its bound`,
      );
    }
  }

  /** Lets go of batches that were acknowledged before. */
  #forget(before: number): void {
    while (this.#delivered.length > 0 && this.#delivered[0]!.at <= before) {
      const { file } = this.#delivered.shift()!.held;
      if (file !== null) rmSync(file, { force: true });
    }
  }

  #drop(held: Held, because: string): void {
    this.#held.splice(this.#held.indexOf(held), 1);
    if (held.file !== null) rmSync(held.file, { force: true });
    this.#lost += held.points;
    this.#lostBecause = because;
    this.#announce({ points: held.points, because });
  }

  /** The lines of a batch that was being filled when its process was killed. */
  #recover(file: string, held: Pick<Held, 'sequence' | 'arrivals' | 'since' | 'payload'>): void {
    const raw = readFileSync(file);
    const whole = raw.subarray(0, raw.lastIndexOf(0x0a) + 1);
    const points = whole.reduce((lines, byte) => lines + Number(byte === 0x0a), 0);
    if (points === 0) {
      rmSync(file);
      return;
    }
    const payload = gzipSync(whole, { level: 1 });
    const recovered: Held = { ...held, points, payload, bytes: payload.length, file };
    this.#held.push(recovered);
    this.#store(recovered);
  }

  #openBatch(): OpenBatch {
    const empty = { lines: [], points: 0, arrivals: [], bytes: 0 };
    try {
      return { ...empty, descriptor: openSync(this.#openPath(), 'w') };
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
      this.#diskTrouble = (error as Error).message;
      return { ...empty, descriptor: null };
    }
  }

  #abandonOpenFile(error: unknown): void {
    this.#diskTrouble = (error as Error).message;
    if (this.#open.descriptor === null) return;
    closeSync(this.#open.descriptor);
    this.#open.descriptor = null;
    rmSync(this.#openPath(), { force: true });
  }

  #openPath(): string {
    return this.#path(openName(this.#sequence));
  }

  #path(name: string): string {
    return path.join(this.#options.directory, name);
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
