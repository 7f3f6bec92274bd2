import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Connection } from '../../src/connection/connection.ts';
import {
  connectGetHostname,
  encodePacket,
  type ErrorCode,
  LibvirtError,
  connectListAllDomains,
  PacketSplitter,
  readHeader,
} from '../../src/protocol.ts';
import { packetHeader, Peer } from './peer.ts';

const codeOf = (error: unknown): ErrorCode => {
  assert.ok(error instanceof LibvirtError, String(error));
  return error.code;
};

describe('deadlines', { timeout: 20_000 }, () => {
  test('each call has its own, whatever the order of the calls', async () => {
    const { connection } = new Peer({ maxInFlight: 2 });
    const ended: number[] = [];
    const call = async (timeoutMs: number): Promise<void> => {
      const code = await connection.call(connectGetHostname, undefined, { timeoutMs }).then(
        () => 'an answer',
        (error: unknown) => codeOf(error),
      );
      assert.equal(code, 'LV_TIMEOUT');
      ended.push(timeoutMs);
    };
    // The last two wait for a slot meanwhile.
    await Promise.all([call(400), call(20), call(800), call(200)]);
    assert.deepEqual(ended, [20, 200, 400, 800]);
    connection.close();
  });

  test('a call made when others have ended in time still has one', async () => {
    const peer = new Peer();
    const first = peer.connection.call(connectGetHostname, undefined, { timeoutMs: 60_000 });
    peer.stream.write(encodePacket(packetHeader({ serial: 1 }), connectGetHostname.ret, { hostname: 'h' }));
    await first;
    await assert.rejects(
      peer.connection.call(connectGetHostname, undefined, { timeoutMs: 5 }),
      (error) => codeOf(error) === 'LV_TIMEOUT',
    );
    peer.connection.close();
  });
});

test('an answer is garbage as soon as nobody holds it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;
  const domains = Array.from({ length: 100 }, (_, id) => ({
    name: `vm-${id}`,
    uuid: '77000000-0000-4000-9000-000000000011',
    id,
  }));
  const [near, far] = duplexPair();
  const splitter = new PacketSplitter((packet) => {
    const header = packetHeader({
      serial: readHeader(packet).serial,
      procedure: connectListAllDomains.number,
    });
    far.write(encodePacket(header, connectListAllDomains.ret, { domains, ret: domains.length }));
  });
  far.on('data', (chunk: Buffer) => {
    splitter.push(chunk);
  });
  const connection = new Connection(near);
  const calls = 300;
  /** The least that the answers of a round take. */
  const roundBytes = calls * domains.length * 64;
  const round = async (): Promise<number> => {
    for (let i = 0; i < calls; i++)
      await connection.call(connectListAllDomains, { needResults: true, flags: 0 });
    await new Promise(setImmediate);
    // Twice: what has lived through one small collection is moved by the second.
    collect({ type: 'minor' });
    collect({ type: 'minor' });
    return process.memoryUsage().heapUsed;
  };
  await round();
  const before = await round();
  const grown = (await round()) - before;
  assert.ok(grown < roundBytes / 2, `${grown} bytes of ${roundBytes} are still there`);
  connection.close();
});
