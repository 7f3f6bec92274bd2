import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { describe, test } from 'node:test';
import {
  Connection,
  connectGetHostname,
  connectGetType,
  connectGetUri,
  LibvirtError,
} from '../../src/index.ts';
import { CallTable, RemoteFailure, ServerConnection } from '../../src/server.ts';

function pair(table: CallTable, maxRequests?: number): { client: Connection; server: ServerConnection } {
  const [near, far] = duplexPair();
  const server = new ServerConnection(far, table, maxRequests === undefined ? {} : { maxRequests });
  return { client: new Connection(near, { maxInFlight: 20 }), server };
}

describe('ServerConnection', { timeout: 10_000 }, () => {
  test('answers at once, later, with an error, and with "unknown procedure"', async () => {
    const table = new CallTable()
      .answer(connectGetHostname, () => ({ hostname: 'h' }))
      .answer(connectGetType, () => Promise.resolve({ type: 'QEMU' }))
      .answer(connectGetUri, () => {
        throw new RemoteFailure(38, 'no', 7);
      });
    const { client } = pair(table);
    assert.deepEqual(await client.call(connectGetHostname, undefined), { hostname: 'h' });
    assert.deepEqual(await client.call(connectGetType, undefined), { type: 'QEMU' });
    await assert.rejects(client.call(connectGetUri, undefined), (error) => {
      assert.ok(error instanceof LibvirtError);
      assert.deepEqual(error.libvirt, { code: 38, domain: 7, level: 2, message: 'no' });
      return true;
    });
    await assert.rejects(client.call({ ...connectGetUri, number: 999 }, undefined), {
      code: 'LV_NOT_SUPPORTED',
      message: /unknown procedure: 999/,
    });
    client.close();
  });

  test('a handler that breaks, or answers what cannot be written, fails its call only', async () => {
    const table = new CallTable()
      .answer(connectGetHostname, () => Promise.reject(new Error('broken')))
      .answer(connectGetType, () => ({ type: 'a\0b' }));
    const { client } = pair(table);
    await assert.rejects(client.call(connectGetHostname, undefined), /internal error: Error: broken/);
    await assert.rejects(client.call(connectGetType, undefined), /NUL/);
    assert.equal(client.isClosed, false);
    client.close();
  });

  test('like libvirtd it works on so many calls at a time and reads no further', async () => {
    let running = 0;
    let most = 0;
    const release: (() => void)[] = [];
    const table = new CallTable().answer(connectGetHostname, async () => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => release.push(resolve));
      running -= 1;
      return { hostname: 'h' };
    });
    const { client } = pair(table, 3);
    const calls = Array.from({ length: 9 }, () => client.call(connectGetHostname, undefined));
    let answered = 0;
    for (const call of calls) void call.then(() => (answered += 1));
    while (answered < 9) {
      await new Promise(setImmediate);
      release.shift()?.();
    }
    assert.equal(most, 3);
    client.close();
  });

  test('garbage ends the connection', async () => {
    const [near, far] = duplexPair();
    const server = new ServerConnection(far, new CallTable());
    const closed = new Promise<void>((resolve) => {
      server.onClose(resolve);
    });
    near.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    assert.equal(server.write(Buffer.from('x')), false);
  });
});
