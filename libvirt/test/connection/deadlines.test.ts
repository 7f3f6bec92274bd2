import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectGetHostname, encodePacket, type ErrorCode, LibvirtError } from '../../src/protocol.ts';
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
  const peer = new Peer();
  const answerBytes = 16_384;
  const calls = 500;
  const round = async (): Promise<number> => {
    for (let i = 0; i < calls; i++) {
      const answer = peer.connection.call(connectGetHostname, undefined);
      await peer.receivedCount(1);
      const { serial } = peer.received.pop()!.header;
      const hostname = `${serial}`.padEnd(answerBytes, 'x');
      peer.stream.write(encodePacket(packetHeader({ serial }), connectGetHostname.ret, { hostname }));
      await answer;
    }
    await new Promise(setImmediate);
    // Twice: what has lived through one small collection is moved by the second.
    collect({ type: 'minor' });
    collect({ type: 'minor' });
    return process.memoryUsage().heapUsed;
  };
  await round();
  const before = await round();
  const grown = (await round()) - before;
  assert.ok(grown < (calls * answerBytes) / 4, `${grown} bytes of ${calls * answerBytes} are still there`);
  peer.connection.close();
});
