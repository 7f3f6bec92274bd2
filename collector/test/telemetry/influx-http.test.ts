import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { meaningOf } from '../../src/telemetry/influx-destination.ts';
import { InfluxHttp, type InfluxSettings } from '../../src/telemetry/influx-http.ts';

type Seen = {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
};

/** What goes over the wire; whether a server likes it is for the real tests, where there is a server. */
async function seenBy(
  settings: Partial<InfluxSettings>,
  use: (http: InfluxHttp) => Promise<unknown>,
): Promise<Seen> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url!, 'http://x');
      seen.push({ method: request.method!, url, headers: request.headers, body: Buffer.concat(chunks) });
      response.end('{"results":[]}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const influx = new InfluxHttp({
    url: `http://127.0.0.1:${port}/influx`,
    database: 'fleet db',
    ...settings,
  });
  await use(influx);
  influx.close();
  server.close();
  return seen[0]!;
}

test('writes: the 1.x path, gzip, microseconds, and the token header of 2.x and 3.x', async () => {
  const { method, url, headers, body } = await seenBy({ token: 't0ken' }, (influx) =>
    influx.write(gzipSync('vm cpu=1 1\n')),
  );
  assert.equal(`${method} ${url.pathname}`, 'POST /influx/write');
  assert.deepEqual(Object.fromEntries(url.searchParams), { db: 'fleet db', precision: 'u' });
  assert.equal(headers.authorization, 'Token t0ken');
  assert.equal(headers['content-encoding'], 'gzip');
  assert.equal(gunzipSync(body).toString(), 'vm cpu=1 1\n');
});

test('queries: GET for what only reads, POST for what changes, a user by basic authentication', async () => {
  const read = await seenBy({ username: 'u', password: 'p' }, (influx) => influx.query('SELECT cpu FROM vm'));
  assert.equal(read.method, 'GET');
  assert.equal(read.url.searchParams.get('q'), 'SELECT cpu FROM vm');
  assert.equal(read.headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`);
  const change = await seenBy({}, (influx) => influx.query('SELECT mean(cpu) INTO a.b.c FROM vm'));
  assert.equal(change.method, 'POST');
  assert.equal(change.headers.authorization, undefined);
});

test('answers: what can pass is tried again, what cannot is refused', () => {
  const outcome = (status: number, error: string) =>
    meaningOf({ status, body: JSON.stringify({ error }) }, 10);
  assert.equal(outcome(204, '').outcome, 'stored');
  assert.deepEqual(outcome(400, 'partial write: field type conflict dropped=3'), {
    outcome: 'refused',
    points: 3,
    reason: 'partial write: field type conflict dropped=3',
  });
  assert.equal(outcome(400, 'unable to parse').outcome, 'refused');
  for (const status of [401, 403, 404, 429, 500, 503])
    assert.equal(outcome(status, 'no').outcome, 'failed', String(status));
});
