import type { FastifyInstance } from 'fastify';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Shorter ones fit into a packet or two as they are. */
const bytesMin = 1024;

// Low levels, on Node's thread pool: higher ones save a tenth of the bytes at most, for twice the time and more.
const codings = {
  br: (text: Buffer) =>
    promisify(brotliCompress)(text, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 2, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
    }),
  gzip: (text: Buffer) => promisify(gzip)(text, { level: 1 }),
};
type Coding = keyof typeof codings;

/**
 * Compresses long answers for whoever takes that. Only texts: files come compressed by the build, and event streams,
 * which must not wait for more, are written past the hooks. Hooks that read an answer come before this one.
 */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < bytesMin) return payload;
    void reply.header('vary', 'accept-encoding');
    const coding = chooseCoding(request.headers['accept-encoding']);
    if (coding === null || reply.hasHeader('content-encoding')) return payload;
    const compressed = await codings[coding](Buffer.from(payload));
    void reply.header('content-encoding', coding).removeHeader('content-length');
    return compressed;
  });
}

/** The one that the client likes best; brotli where it likes both alike, for it is smaller and quicker. */
export function chooseCoding(accepted: string | string[] | undefined): Coding | null {
  const weights = new Map<string, number>();
  for (const part of String(accepted ?? '').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2);
    weights.set(name, weight === undefined ? 1 : Number(weight));
  }
  const weightOf = (coding: Coding): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const best = weightOf('br') >= weightOf('gzip') ? 'br' : 'gzip';
  return weightOf(best) > 0 ? best : null;
}
