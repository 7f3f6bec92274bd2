import { encodeLines } from './line-protocol.ts';
import type { InfluxAnswer, InfluxHttp } from './influx-http.ts';
import type { Delivery, Destination } from './spooled-writer.ts';

/** InfluxDB as a destination: what each answer means for the batch. Writing a point twice leaves one point. */
export function influxDestination(options: {
  readonly http: InfluxHttp;
  /** Makes database and retention policies; called when the database is not there. */
  readonly prepare: () => Promise<void>;
  readonly caughtUp?: (from: number, to: number) => Promise<void>;
}): Destination {
  const { http, prepare, caughtUp } = options;
  let prepared = false;
  return {
    name: 'InfluxDB',
    encode: (points) => {
      const text = encodeLines(points);
      return { text, points: countLines(text) };
    },
    deliver: async (batch, _spool, signal) => {
      try {
        if (!prepared) {
          await prepare();
          prepared = true;
        }
        const answer = await http.write(batch.payload, signal);
        const delivery = meaningOf(answer, batch.points);
        if (answer.status === 404 || answer.body.includes('not found')) prepared = false;
        return delivery;
      } catch (error) {
        return { outcome: 'failed', reason: reasonOf(error) };
      }
    },
    ...(caughtUp === undefined ? {} : { caughtUp }),
  };
}

export function meaningOf({ status, body }: InfluxAnswer, points: number): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'stored' };
  const reason = errorIn(body) ?? `InfluxDB answered ${status}`;
  const dropped = /partial write:.*dropped=(\d+)/s.exec(reason)?.[1];
  if (dropped !== undefined) return { outcome: 'refused', points: Number(dropped), reason };
  // Lines that cannot be parsed, too large, or of another type than stored before: no later attempt would differ.
  // Everything else (not authorised, no such database, overloaded, broken) may pass, so the points wait.
  if (status === 400 || status === 413 || status === 422) return { outcome: 'refused', points, reason };
  return { outcome: 'failed', reason: `${reason} (status ${status})` };
}

function errorIn(body: string): string | undefined {
  try {
    const { error, message } = JSON.parse(body) as { error?: string; message?: string };
    return error ?? message;
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' ? 'InfluxDB refuses connections' : `InfluxDB cannot be reached: ${message}`;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
