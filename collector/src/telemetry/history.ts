import type { Host } from '../fleet/host.ts';
import type { Load } from '../fleet/load.ts';
import type { Vm } from '../fleet/vm.ts';
import { escapeTag, unescapeName } from './escape-name.ts';
import {
  emptySeries,
  type HistoryWindow,
  type LoadSeries,
  type SeriesKey,
  type SeriesRange,
} from './history-window.ts';
import { quoteIdentifier, quoteString, type InfluxHttp, type Series } from './influx-http.ts';
import { policyNames, type Retention } from './influx-setup.ts';

export type HistoryAnswer = LoadSeries & { readonly source: 'influxdb' | 'embedded' };

const dimensions = ['cpu', 'mem', 'net', 'disk', 'pressure'] as const;
const maximumSteps = 20_000;

/**
 * Load over time: from the window in memory as far as that reaches, else from InfluxDB at the resolution that is kept
 * for that age. Without InfluxDB ("embedded") there is the window alone.
 */
export class HistoryReader {
  readonly #fleet: string;
  readonly #window: HistoryWindow;
  readonly #influx: { readonly http: InfluxHttp; readonly retention: Retention | null } | null;
  readonly #now: () => number;

  constructor(options: {
    readonly fleet: string;
    readonly window: HistoryWindow;
    /** `retention` is null where the database is not ours to manage: all is then read from its default policy. */
    readonly influx: { readonly http: InfluxHttp; readonly retention: Retention | null } | null;
    readonly now: () => number;
  }) {
    this.#fleet = options.fleet;
    this.#window = options.window;
    this.#influx = options.influx;
    this.#now = options.now;
  }

  get source(): 'influxdb' | 'embedded' {
    return this.#influx === null ? 'embedded' : 'influxdb';
  }

  /** Keeps one read of a host; stale values are not taken a second time. */
  record(host: Host, vms: readonly Vm[]): void {
    if (host.freshness === 'fresh' && host.sampledAt !== null)
      this.#window.add({ type: 'host', id: host.name }, host.sampledAt, host.load, host.pressure);
    for (const vm of vms)
      if (vm.freshness === 'fresh' && vm.sampledAt !== null)
        this.#window.add({ type: 'vm', id: vm.uuid }, vm.sampledAt, vm.load, vm.pressure);
  }

  /** Throws one sentence when the range asks for too much, or when InfluxDB does not answer. */
  async series(key: SeriesKey, range: SeriesRange): Promise<HistoryAnswer> {
    if (!(range.to > range.from)) throw new Error('history needs a range that ends after it begins');
    if ((range.to - range.from) / 1000 / range.stepSeconds > maximumSteps)
      throw new Error(`history gives at most ${maximumSteps} steps at once; ask for a longer step`);
    const since = this.#window.since(key);
    if (this.#influx === null || (since !== null && since <= range.from))
      return { ...this.#window.series(key, range), source: 'embedded' };
    return { ...(await this.#fromInflux(this.#influx, key, range)), source: 'influxdb' };
  }

  /**
   * Fills the empty window from InfluxDB, so that a restart does not forget; hands each sample to `take` as well, in
   * order within a series. Returns how many samples there were.
   */
  async readBack(options: {
    readonly windowMs: number;
    readonly take?: (key: SeriesKey, at: number, load: Load, pressure: number | null) => void;
  }): Promise<number> {
    if (this.#influx === null) return 0;
    const { http } = this.#influx;
    let samples = 0;
    for (const type of ['host', 'vm'] as const) {
      const columns = dimensions.map((name) => quoteIdentifier(name)).join(', ');
      const id = type === 'host' ? 'host' : 'uuid';
      const statement =
        `SELECT ${columns} FROM ${quoteIdentifier(type)} WHERE fleet = ${quoteString(escapeTag(this.#fleet))} ` +
        `AND time >= ${Math.floor(this.#now() - options.windowMs)}ms GROUP BY ${quoteIdentifier(id)}`;
      await http.queryChunked(statement, (series) => {
        const tag = series.tags?.[id];
        if (tag === undefined || tag === '') return;
        const key = { type, id: unescapeName(tag) };
        for (const row of rowsOf(series)) {
          if (dimensions.every((name) => row[name] === null)) continue;
          const load = { cpu: row.cpu, mem: row.mem, net: row.net, disk: row.disk };
          this.#window.add(key, row.at, load, row.pressure);
          options.take?.(key, row.at, load, row.pressure);
          samples++;
        }
      });
    }
    return samples;
  }

  async #fromInflux(
    influx: { readonly http: InfluxHttp; readonly retention: Retention | null },
    key: SeriesKey,
    range: SeriesRange,
  ): Promise<LoadSeries> {
    const measurement = [...this.#policyFor(influx.retention, range), quoteIdentifier(key.type)].join('.');
    const id = key.type === 'host' ? 'host' : 'uuid';
    const columns = dimensions.map((name) => `mean("${name}") AS "${name}"`).join(', ');
    const series = await influx.http.query(
      `SELECT ${columns} FROM ${measurement} WHERE fleet = ${quoteString(escapeTag(this.#fleet))} ` +
        `AND ${quoteIdentifier(id)} = ${quoteString(escapeTag(key.id))} ` +
        `AND time >= ${range.from}ms AND time < ${range.to}ms GROUP BY time(${range.stepSeconds}s) fill(none)`,
    );
    const answer = emptySeries(range);
    const first = answer.at[0] ?? 0;
    for (const row of series.flatMap(rowsOf)) {
      const step = Math.round((row.at - first) / (range.stepSeconds * 1000));
      if (step < 0 || step >= answer.at.length) continue;
      for (const name of dimensions) answer[name][step] = row[name];
    }
    return answer;
  }

  /** The finest that still reaches back far enough, unless the step is coarser anyway. */
  #policyFor(retention: Retention | null, range: SeriesRange): string[] {
    if (retention === null) return [];
    const age = (this.#now() - range.from) / 1000;
    const database = quoteIdentifier(this.#influx!.http.database);
    const name =
      range.stepSeconds >= 1200 || age > retention.minutesSeconds
        ? policyNames.tenMinutes
        : range.stepSeconds >= 300 || age > retention.rawSeconds
          ? policyNames.minutes
          : policyNames.raw;
    return [database, quoteIdentifier(name)];
  }
}

type Row = Record<(typeof dimensions)[number], number | null> & { readonly at: number };

function rowsOf(series: Series): Row[] {
  const index = (name: string) => series.columns.indexOf(name);
  const places = Object.fromEntries(dimensions.map((name) => [name, index(name)])) as Record<
    (typeof dimensions)[number],
    number
  >;
  const time = index('time');
  return series.values.map((values) => {
    const number = (at: number) => {
      const value = values[at];
      return typeof value === 'number' ? value : null;
    };
    return {
      at: Number(values[time]),
      cpu: number(places.cpu),
      mem: number(places.mem),
      net: number(places.net),
      disk: number(places.disk),
      pressure: number(places.pressure),
    };
  });
}
