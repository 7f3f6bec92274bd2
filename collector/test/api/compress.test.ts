import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { compressFiles } from '../../../scripts/compress-files.ts';
import { chooseCoding } from '../../src/api/compress.ts';
import { apiFixture, startedAt } from './api-fixture.ts';
import { fixtureSnapshot } from './fixture-snapshot.ts';

const vms = '/api/v1/vms?format=compact&limit=50000';

test('a long answer comes compressed as the client likes it, the same for all', async (t) => {
  const { as, set } = await apiFixture(t);
  set({ snapshot: fixtureSnapshot(startedAt, 10, 20) });
  const ask = (accepted: string) => as('viewer', 'GET', vms, undefined, { 'accept-encoding': accepted });
  const plain = await ask('identity');
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(plain.json<{ total: number }>().total, 200);

  for (const [accepted, coding, unpack] of [
    ['gzip', 'gzip', gunzipSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
  ] as const) {
    const packed = await ask(accepted);
    assert.equal(packed.headers['content-encoding'], coding);
    assert.equal(packed.headers['content-length'], String(packed.rawPayload.length));
    assert.ok(packed.rawPayload.length < plain.rawPayload.length / 3, `${packed.rawPayload.length} bytes`);
    assert.equal(unpack(packed.rawPayload).toString(), plain.body);
    assert.equal(packed.headers['content-type'], plain.headers['content-type']);
  }
  // A cache between must not give one client what another asked for.
  assert.equal(plain.headers.vary, 'accept-encoding');
  assert.equal((await ask('br')).headers.vary, 'accept-encoding');
});

test('a short answer stays as it is', async (t) => {
  const { as } = await apiFixture(t);
  const answer = await as('viewer', 'GET', '/api/v1/me', undefined, { 'accept-encoding': 'br, gzip' });
  assert.equal(answer.headers['content-encoding'], undefined);
  assert.equal(answer.json<{ role: string }>().role, 'viewer');
});

test('an event stream is never compressed: each event comes alone', { timeout: 30_000 }, async (t) => {
  const { app, events, tokens } = await apiFixture(t);
  await app.listen({ port: 0 });
  const asking = httpRequest({
    port: (app.server.address() as AddressInfo).port,
    path: '/api/v1/events',
    headers: { authorization: `Bearer ${tokens.viewer}`, 'accept-encoding': 'br, gzip' },
  });
  asking.end();
  const [stream] = (await once(asking, 'response')) as [IncomingMessage];
  t.after(() => stream.destroy());
  assert.equal(stream.headers['content-encoding'], undefined);
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const until = async (wanted: string): Promise<void> => {
    while (!text.includes(wanted)) await once(stream, 'data');
  };
  await until('event: hello');
  for (const name of ['first', 'second']) {
    events.publish('finding', { name, filler: 'x'.repeat(2000) });
    await until(name);
  }
});

test('the codings that a client names, with their weights', () => {
  for (const [accepted, coding] of [
    [undefined, null],
    ['', null],
    ['identity', null],
    ['deflate, zstd', null],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['gzip;q=0', null],
    ['*', 'br'],
    ['*;q=0', null],
    ['br;q=nonsense', null],
  ] as const)
    assert.equal(chooseCoding(accepted), coding, String(accepted));
});

test('files come as the build compressed them, and what did not change is not sent again', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'evenkeel-compress-'));
  t.after(() => rm(folder, { recursive: true }));
  const [host, plugin] = [path.join(folder, 'host'), path.join(folder, 'plugin')];
  const script = `define([], () => ${JSON.stringify('the app '.repeat(1000))});`;
  await mkdir(host);
  await mkdir(plugin);
  await writeFile(path.join(host, 'index.html'), '<!doctype html>');
  await writeFile(path.join(plugin, 'module.js'), script);
  await writeFile(
    path.join(plugin, 'plugin.json'),
    JSON.stringify({ id: 'an-app', name: 'An app', type: 'app', info: {} }),
  );
  compressFiles(plugin);

  const { app } = await apiFixture(t, { console: { host, plugin } });
  const ask = (headers: Record<string, string>) =>
    app.inject({ url: '/public/plugins/an-app/module.js', headers });
  const plain = await ask({});
  assert.equal(plain.body, script);
  const tags = new Set([plain.headers.etag]);
  for (const [coding, unpack] of [
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const) {
    const packed = await ask({ 'accept-encoding': coding });
    assert.equal(packed.headers['content-encoding'], coding);
    assert.equal(packed.headers.vary, 'accept-encoding');
    assert.match(String(packed.headers['content-type']), /javascript/);
    assert.equal(unpack(packed.rawPayload).toString(), script);
    const etag = String(packed.headers.etag);
    tags.add(etag);
    const again = await ask({ 'accept-encoding': coding, 'if-none-match': etag });
    assert.deepEqual([again.statusCode, again.rawPayload.length], [304, 0]);
    assert.equal(again.headers.vary, 'accept-encoding');
  }
  assert.equal(tags.size, 3, 'each form has an ETag of its own');
});
