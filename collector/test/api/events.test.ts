import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { AddressInfo } from 'node:net';
import { EventHub } from '../../src/api/event-hub.ts';
import { apiFixture, type Fixture } from './api-fixture.ts';

async function listening(t: TestContext, options: Parameters<typeof apiFixture>[1] = {}) {
  const fixture = await apiFixture(t, options);
  await fixture.app.listen({ port: 0 });
  const { port } = fixture.app.server.address() as AddressInfo;
  return { ...fixture, port };
}

async function open(
  { port, tokens }: Pick<Fixture, 'tokens'> & { port: number },
  query = '',
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const asking = httpRequest({
    port,
    path: `/api/v1/events${query}`,
    headers: { authorization: `Bearer ${tokens.viewer}`, ...headers },
  });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
}

type Received = { id: string; event: string; data: unknown };

/** The first `count` events of a stream. */
async function read(response: IncomingMessage, count: number): Promise<Received[]> {
  const events: Received[] = [];
  let text = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    text += chunk.toString();
    let end = text.indexOf('\n\n');
    while (end >= 0) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const event = field('event');
      if (event !== undefined) events.push({ id: field('id')!, event, data: JSON.parse(field('data')!) });
      end = text.indexOf('\n\n');
    }
    if (events.length >= count) return events;
  }
  throw new Error(`the stream ended after ${events.length} events: ${text}`);
}

test('listeners hear what they asked for, in order', { timeout: 10_000 }, async (t) => {
  const api = await listening(t);
  const all = await open(api);
  assert.equal(all.headers['content-type'], 'text/event-stream');
  const some = await open(api, '?topics=migration,vms');
  assert.equal((await read(all, 1))[0]!.event, 'hello');
  assert.equal((await read(some, 1))[0]!.event, 'hello');
  api.events.publish('snapshot', { n: 1 });
  api.events.publish('vms', { n: 2 });
  api.events.publish('migration', { n: 3, text: 'line\nbreak' });
  assert.deepEqual(
    (await read(all, 2)).map(({ event }) => event),
    ['snapshot', 'migration'],
  );
  assert.deepEqual(await read(some, 2), [
    { id: 'epoch-2', event: 'vms', data: { n: 2 } },
    { id: 'epoch-3', event: 'migration', data: { n: 3, text: 'line\nbreak' } },
  ]);
  all.destroy();
  some.destroy();
});

test(
  'who was cut off goes on where it was; who was away too long is told to start afresh',
  { timeout: 10_000 },
  async (t) => {
    const api = await listening(t);
    api.events.publish('finding', { n: 1 });
    api.events.publish('finding', { n: 2 });
    const back = await open(api, '', { 'last-event-id': 'epoch-1' });
    assert.deepEqual(
      (await read(back, 1)).map(({ data }) => data),
      [{ n: 2 }],
    );
    const byQuery = await open(api, '?lastEventId=epoch-1');
    assert.deepEqual(
      (await read(byQuery, 1)).map(({ data }) => data),
      [{ n: 2 }],
    );
    const other = await open(api, '', { 'last-event-id': 'before-9' });
    assert.equal((await read(other, 1))[0]!.event, 'reset');
    for (const stream of [back, byQuery, other]) stream.destroy();
  },
);

test(
  'a listener that does not read is cut off instead of filling the memory',
  { timeout: 20_000 },
  async (t) => {
    const api = await listening(t);
    const slow = await open(api);
    await read(slow, 1);
    slow.pause();
    const gone = new Promise((resolve) => slow.once('close', resolve));
    slow.on('error', () => undefined);
    const filler = 'x'.repeat(256 * 1024);
    while (api.events.listeners > 0) {
      api.events.publish('snapshot', { filler });
      await new Promise(setImmediate);
    }
    slow.resume();
    await gone;
  },
);

test('there are only so many listeners', { timeout: 10_000 }, async (t) => {
  const api = await listening(t, { eventClientsMax: 1 });
  const first = await open(api);
  await read(first, 1);
  const second = await open(api);
  assert.equal(second.statusCode, 503);
  first.destroy();
  second.destroy();
});

test('what is remembered for those who come back is bounded', () => {
  const hub = new EventHub('e', 1000);
  for (let i = 0; i < 100; i += 1) hub.publish('finding', { text: 'x'.repeat(100) });
  assert.equal(hub.since('e-1'), null);
  assert.equal(hub.since('e-100')?.length, 0);
  assert.ok(hub.since('e-98')!.length === 2);
  assert.equal(hub.since('e-101'), null, 'from the future');
  assert.equal(hub.since('f-99'), null, 'of another run');
  assert.equal(hub.since('nonsense'), null);
});
