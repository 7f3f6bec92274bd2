import path from 'node:path';
import { graphiteDestination, graphiteReplayMs } from './graphite-destination.ts';
import { influxDestination } from './influx-destination.ts';
import { InfluxHttp, type InfluxSettings } from './influx-http.ts';
import { fillIn, setUpInflux, type Retention } from './influx-setup.ts';
import { writeToAll, type Point, type PointSink } from './point.ts';
import {
  SpooledWriter,
  type SpooledWriterOptions,
  type WriterLog,
  type WriterStatus,
} from './spooled-writer.ts';

export type TelemetryOptions = {
  readonly influx: (InfluxSettings & { readonly retention: Retention; readonly manage: boolean }) | null;
  readonly graphite: { readonly host: string; readonly port: number } | null;
  readonly spool: { readonly directory: string; readonly maximumBytes: number };
  readonly now: () => number;
  readonly log: WriterLog;
  readonly backoffMs?: SpooledWriterOptions['backoffMs'];
  readonly onStored?: SpooledWriterOptions['onStored'];
};

/** The databases that points go to, each behind a spool of its own, so that one that is away holds up no other. */
export class Telemetry implements PointSink {
  /** Null when there is no InfluxDB: history is then what the window in memory holds. */
  readonly influx: { readonly http: InfluxHttp; readonly retention: Retention | null } | null;
  readonly #writers: readonly SpooledWriter[];
  readonly #sink: PointSink;

  constructor(options: TelemetryOptions) {
    const { influx, graphite, spool, now, log } = options;
    const writers: SpooledWriter[] = [];
    const start = (destination: SpooledWriterOptions['destination'], replayMs: number) => {
      const directory = path.join(spool.directory, destination.name.toLowerCase());
      writers.push(
        new SpooledWriter({
          destination,
          spool: { directory, maximumBytes: spool.maximumBytes, now, replayMs },
          log,
          ...(options.backoffMs === undefined ? {} : { backoffMs: options.backoffMs }),
          ...(options.onStored === undefined ? {} : { onStored: options.onStored }),
        }),
      );
    };
    if (influx === null) this.influx = null;
    else {
      const http = new InfluxHttp(influx);
      const { manage, retention } = influx;
      this.influx = { http, retention: manage ? retention : null };
      start(
        influxDestination({
          http,
          prepare: async () => {
            const forAdmin = manage ? await setUpInflux(http, retention) : [];
            if (forAdmin.length > 0)
              log.warn(
                `InfluxDB: points are written, but its user may not set up retention and means; run "evenkeel influxdb-setup", or as its admin: ${forAdmin.join('; ')}`,
              );
          },
          ...(manage
            ? {
                caughtUp: (from: number, to: number) =>
                  fillIn(http, from, to).catch((error: unknown) => {
                    log.warn(`InfluxDB: means of the time it was away are incomplete: ${String(error)}`);
                  }),
              }
            : {}),
        }),
        0,
      );
    }
    if (graphite !== null) start(graphiteDestination(graphite), graphiteReplayMs);
    this.#writers = writers;
    this.#sink = writeToAll(writers);
  }

  write(points: readonly Point[]): void {
    this.#sink.write(points);
  }

  status(): WriterStatus[] {
    return this.#writers.map((writer) => writer.status());
  }

  async flush(): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.flush()));
  }

  async close(graceMs?: number): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close(graceMs)));
    this.influx?.http.close();
  }
}
