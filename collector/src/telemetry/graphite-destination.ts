import net from 'node:net';
import { encodeGraphite } from './graphite-lines.ts';
import type { Delivery, Destination } from './spooled-writer.ts';

/** Longer than InfluxDB's graphite listener and carbon's receiver hold values back before they store them. */
export const graphiteReplayMs = 30_000;

/**
 * Graphite's plaintext protocol has no answers. So each batch gets a connection of its own that is closed by us first:
 * the other side closes its half only after it has read all, and that is the confirmation. What it had read but not
 * yet stored when it died is offered again: the spool keeps what was confirmed for a while (`replayMs`), and a value
 * stored twice is one value.
 */
export function graphiteDestination(options: {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs?: number;
}): Destination {
  const { host, port, timeoutMs = 10_000 } = options;
  return {
    name: 'Graphite',
    encode: (points) => {
      const { text, values } = encodeGraphite(points);
      return { text, points: values };
    },
    deliver: async (batch, spool, signal) => {
      const lines = await spool.linesOf(batch);
      if (lines === null)
        return { outcome: 'refused', points: batch.points, reason: 'the spooled batch is damaged' };
      return send(lines, host, port, timeoutMs, signal);
    },
  };
}

function send(
  lines: string,
  host: string,
  port: number,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Delivery> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, allowHalfOpen: true });
    let read = false;
    const finish = (delivery: Delivery) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(delivery);
    };
    const abort = () => {
      finish({ outcome: 'failed', reason: 'stopping' });
    };
    signal.addEventListener('abort', abort);
    socket.setTimeout(timeoutMs, () => {
      finish({ outcome: 'failed', reason: `Graphite at ${host}:${port} did not read in time` });
    });
    socket.on('connect', () => socket.end(lines));
    socket.on('finish', () => (read = true));
    socket.resume();
    socket.on('end', () => {
      finish(
        read
          ? { outcome: 'stored' }
          : { outcome: 'failed', reason: `Graphite at ${host}:${port} closed the connection early` },
      );
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      finish({
        outcome: 'failed',
        reason: `Graphite at ${host}:${port}: ${error.code === 'ECONNREFUSED' ? 'refuses connections' : error.message}`,
      });
    });
  });
}
