import type { Load } from '../fleet/load.ts';

export type SeriesKey = { readonly type: 'host' | 'vm'; /** host name or VM uuid */ readonly id: string };

/** One value a step; null where no sample was taken. */
export type LoadSeries = {
  /** Start of each step, milliseconds since 1970. */
  readonly at: number[];
  readonly cpu: (number | null)[];
  readonly mem: (number | null)[];
  readonly net: (number | null)[];
  readonly disk: (number | null)[];
  readonly pressure: (number | null)[];
};

export type SeriesRange = { readonly from: number; readonly to: number; readonly stepSeconds: number };

const columns = ['cpu', 'mem', 'net', 'disk', 'pressure'] as const;
/** Seconds since the chunk's start, then the columns. */
const width = 1 + columns.length;
const samplesPerChunk = 60;
/** What a chunk costs besides its numbers: the typed array, the record around it, its places in two lists. */
const chunkOverhead = 360;
/** A sample that is older than the last by more than this tells that the clock was set back. */
const clockSetBackMs = 30_000;
const chunkBytes = samplesPerChunk * width * 4 + chunkOverhead;

type Chunk = {
  readonly series: Chunk[];
  readonly start: number;
  last: number;
  count: number;
  readonly rows: Float32Array;
};

/**
 * The latest load of every host and VM, in bounded room: samples stand in chunks of sixty, and when the room is used
 * up or a chunk is too old, the oldest chunk of all goes.
 */
export class HistoryWindow {
  readonly #maximumChunks: number;
  readonly #windowMs: number;
  readonly #series = new Map<string, Chunk[]>();
  /** All chunks, oldest first; those before `#oldest` are gone. */
  #chunks: (Chunk | undefined)[] = [];
  #oldest = 0;

  constructor(options: { readonly maximumBytes: number; readonly windowMs: number }) {
    this.#maximumChunks = Math.max(1, Math.floor(options.maximumBytes / chunkBytes));
    this.#windowMs = options.windowMs;
  }

  /**
   * Samples of one series come in order; one that is not newer than the last is left out. Only when the clock was set
   * back, what stood in the future is forgotten.
   */
  add(key: SeriesKey, at: number, load: Load, pressure: number | null): void {
    const name = nameOf(key);
    let series = this.#series.get(name);
    if (series === undefined) this.#series.set(name, (series = []));
    let chunk = series.at(-1);
    if (chunk !== undefined && at <= chunk.last) {
      if (chunk.last - at < clockSetBackMs) return;
      forgetFrom(series, at);
      chunk = series.at(-1);
    }
    if (
      chunk === undefined ||
      chunk.count === samplesPerChunk ||
      at < chunk.start ||
      at - chunk.start > 86_400_000
    ) {
      chunk = { series, start: at, last: at, count: 0, rows: new Float32Array(samplesPerChunk * width) };
      series.push(chunk);
      this.#chunks.push(chunk);
      this.#makeRoom(at);
    }
    const base = chunk.count++ * width;
    chunk.last = at;
    chunk.rows[base] = (at - chunk.start) / 1000;
    for (const [index, column] of columns.entries())
      chunk.rows[base + 1 + index] = (column === 'pressure' ? pressure : load[column]) ?? NaN;
  }

  /** Means over each step of the range. */
  series(key: SeriesKey, range: SeriesRange): LoadSeries {
    const steps = emptySeries(range);
    const sums = steps.at.map(() => new Float64Array(columns.length * 2));
    const stepMs = range.stepSeconds * 1000;
    const first = steps.at[0] ?? 0;
    for (const chunk of this.#series.get(nameOf(key)) ?? []) {
      if (chunk.count === 0 || chunk.last < first || chunk.start >= range.to) continue;
      for (let row = 0; row < chunk.count; row++) {
        const base = row * width;
        const at = chunk.start + chunk.rows[base]! * 1000;
        if (at < first || at >= range.to) continue;
        const sum = sums[Math.floor((at - first) / stepMs)];
        if (sum === undefined) continue;
        for (let column = 0; column < columns.length; column++) {
          const value = chunk.rows[base + 1 + column]!;
          if (Number.isNaN(value)) continue;
          sum[column * 2]! += value;
          sum[column * 2 + 1]! += 1;
        }
      }
    }
    for (const [index, sum] of sums.entries())
      for (const [column, name] of columns.entries())
        if (sum[column * 2 + 1]! > 0) steps[name][index] = sum[column * 2]! / sum[column * 2 + 1]!;
    return steps;
  }

  /** Since when there are samples of it; null when there are none. */
  since(key: SeriesKey): number | null {
    return this.#series.get(nameOf(key))?.[0]?.start ?? null;
  }

  status(): { readonly series: number; readonly bytes: number; readonly since: number | null } {
    return {
      series: this.#series.size,
      bytes: (this.#chunks.length - this.#oldest) * chunkBytes,
      since: this.#chunks[this.#oldest]?.start ?? null,
    };
  }

  #makeRoom(now: number): void {
    for (;;) {
      const oldest = this.#chunks[this.#oldest];
      if (oldest === undefined) break;
      const tooMany = this.#chunks.length - this.#oldest > this.#maximumChunks;
      if (!tooMany && oldest.last >= now - this.#windowMs) break;
      this.#chunks[this.#oldest++] = undefined;
      oldest.series.shift();
    }
    if (this.#oldest < 1024 || this.#oldest < this.#chunks.length / 2) return;
    this.#chunks = this.#chunks.slice(this.#oldest);
    this.#oldest = 0;
    for (const [name, series] of this.#series) if (series.length === 0) this.#series.delete(name);
  }
}

function forgetFrom(series: readonly Chunk[], at: number): void {
  for (const chunk of series)
    while (chunk.count > 0 && chunk.last >= at) {
      chunk.count--;
      chunk.last =
        chunk.count === 0 ? chunk.start : chunk.start + chunk.rows[(chunk.count - 1) * width]! * 1000;
      if (chunk.count === 0) break;
    }
}

export function emptySeries({ from, to, stepSeconds }: SeriesRange): LoadSeries {
  const stepMs = stepSeconds * 1000;
  const at: number[] = [];
  for (let start = Math.floor(from / stepMs) * stepMs; start < to; start += stepMs) at.push(start);
  const unknown = () => at.map(() => null);
  return { at, cpu: unknown(), mem: unknown(), net: unknown(), disk: unknown(), pressure: unknown() };
}

const nameOf = ({ type, id }: SeriesKey): string => `${type}:${id}`;
