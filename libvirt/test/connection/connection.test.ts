import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  connectGetHostname,
  connectGetUri,
  domainLookupByName,
  encodePacket,
  type ErrorCode,
  LibvirtError,
  pingPacket,
  pongPacket,
  type RemoteError,
  remoteError,
} from '../../src/protocol.ts';
import { nothing } from '../../src/xdr/nothing.ts';
import { packetHeader, Peer } from './peer.ts';

const timeout = 10_000;

function hostname(serial: number, name: string): Buffer {
  return encodePacket(packetHeader({ serial }), connectGetHostname.ret, { hostname: name });
}

function failure(code: number, message: string | null): RemoteError {
  return {
    code,
    domain: 10,
    message,
    level: 2,
    dom: null,
    str1: null,
    str2: null,
    str3: null,
    int1: 0,
    int2: 0,
    net: null,
  };
}

function withCode(code: ErrorCode, words?: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof LibvirtError, String(error));
    assert.equal(error.code, code, error.message);
    if (words) assert.match(error.message, words);
    return true;
  };
}

describe('Connection', { timeout }, () => {
  test('answers find their calls in any order', async () => {
    const { connection, stream } = new Peer();
    const calls = ['a', 'b', 'c'].map(() => connection.call(connectGetHostname, undefined));
    stream.write(Buffer.concat([hostname(3, 'third'), hostname(1, 'first')]));
    stream.write(hostname(2, 'second'));
    assert.deepEqual(
      (await Promise.all(calls)).map((ret) => ret.hostname),
      ['first', 'second', 'third'],
    );
    connection.close();
  });

  test('never more than four calls are unanswered; the others wait their turn', async () => {
    const peer = new Peer();
    const calls = Array.from({ length: 10 }, () => peer.connection.call(connectGetHostname, undefined));
    await peer.receivedCount(4);
    await new Promise(setImmediate);
    assert.equal(peer.received.length, 4);
    assert.equal(peer.connection.inFlight, 4);
    for (let serial = 1; serial <= 10; serial++) {
      await peer.receivedCount(serial);
      assert.ok(peer.received.length - (serial - 1) <= 4);
      peer.stream.write(hostname(peer.received[serial - 1]!.header.serial, `h${serial}`));
    }
    assert.deepEqual((await Promise.all(calls)).map((ret) => ret.hostname).at(-1), 'h10');
    peer.connection.close();
  });

  test('a call given up keeps its slot until the host has answered it', async () => {
    const peer = new Peer({ maxInFlight: 1 });
    const late = peer.connection.call(connectGetHostname, undefined, { timeoutMs: 10 });
    await assert.rejects(late, withCode('LV_TIMEOUT', /ConnectGetHostname was not answered within 10 ms/));
    const next = peer.connection.call(connectGetHostname, undefined);
    await new Promise(setImmediate);
    assert.equal(peer.received.length, 1);
    peer.stream.write(hostname(1, 'late'));
    await peer.receivedCount(2);
    peer.stream.write(hostname(2, 'next'));
    assert.deepEqual(await next, { hostname: 'next' });
    peer.connection.close();
  });

  test('a call that never got a slot is not sent after its deadline', async () => {
    const peer = new Peer({ maxInFlight: 1 });
    const first = peer.connection.call(connectGetHostname, undefined, { timeoutMs: Infinity });
    await assert.rejects(
      peer.connection.call(connectGetUri, undefined, { timeoutMs: 5 }),
      withCode('LV_TIMEOUT'),
    );
    peer.stream.write(hostname(1, 'h'));
    await first;
    await new Promise(setImmediate);
    assert.equal(peer.received.length, 1);
    peer.connection.close();
  });

  test("the caller's signal ends the call, before or while it waits", async () => {
    const { connection } = new Peer();
    const controller = new AbortController();
    const call = connection.call(connectGetHostname, undefined, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await assert.rejects(call, withCode('LV_ABORTED', /ConnectGetHostname was given up/));
    await assert.rejects(
      connection.call(connectGetHostname, undefined, { signal: controller.signal }),
      withCode('LV_ABORTED'),
    );
    assert.equal(connection.inFlight, 1);
    connection.close();
  });

  test('an argument that breaks a limit is refused, and nothing is sent', async () => {
    const peer = new Peer();
    await assert.rejects(
      peer.connection.call(domainLookupByName, { name: 'a\0b' }),
      withCode('LV_BAD_ARGUMENT'),
    );
    await new Promise(setImmediate);
    assert.equal(peer.received.length, 0);
    assert.equal(peer.connection.isClosed, false);
    peer.connection.close();
  });

  test('the end of the connection rejects what is pending and waiting, and is told once', async () => {
    const peer = new Peer({ maxInFlight: 2 });
    let told = 0;
    void peer.connection.closed.then(() => (told += 1));
    const calls = Array.from({ length: 5 }, () => peer.connection.call(connectGetHostname, undefined));
    await peer.receivedCount(2);
    peer.stream.end();
    for (const call of calls) {
      await assert.rejects(call, withCode('LV_CLOSED', /the host closed the connection$/));
    }
    await assert.rejects(peer.connection.call(connectGetHostname, undefined), withCode('LV_CLOSED'));
    peer.connection.close();
    peer.stream.destroy();
    assert.match((await peer.connection.closed).message, /the host closed/);
    assert.equal(told, 1);
  });

  test('a host that stops in the middle of a packet is told apart', async () => {
    const peer = new Peer();
    const call = peer.connection.call(connectGetHostname, undefined);
    peer.stream.end(hostname(1, 'cut').subarray(0, 30));
    await assert.rejects(call, withCode('LV_CLOSED', /in the middle of a packet/));
  });

  test('a stream that breaks says why', async () => {
    const { connection } = new Peer();
    const call = connection.call(connectGetHostname, undefined);
    connection.fail(new LibvirtError('LV_CLOSED', 'the cable was cut'));
    await assert.rejects(call, withCode('LV_CLOSED', /cable/));
  });

  describe('errors of the host', () => {
    for (const [number, message, code, retryable] of [
      [42, 'Domain not found', 'LV_REMOTE', false],
      [68, 'cannot acquire state change lock', 'LV_REMOTE', true],
      [38, 'Connection refused', 'LV_REMOTE', true],
      [86, 'guest agent is not responding', 'LV_REMOTE', true],
      [39, 'unknown procedure: 9999', 'LV_NOT_SUPPORTED', false],
      [39, 'client socket is closed', 'LV_REMOTE', false],
      [3, 'this function is not supported', 'LV_NOT_SUPPORTED', false],
      [1, null, 'LV_REMOTE', false],
    ] as const) {
      test(`${number} ${message ?? 'without words'} is ${code}`, async () => {
        const peer = new Peer();
        const call = peer.connection.call(connectGetHostname, undefined);
        peer.stream.write(encodePacket(packetHeader({ status: 1 }), remoteError, failure(number, message)));
        await assert.rejects(call, (error) => {
          assert.ok(error instanceof LibvirtError);
          assert.equal(error.code, code);
          assert.equal(error.retryable, retryable);
          assert.equal(error.libvirt?.code, number);
          assert.equal(error.libvirt.domain, 10);
          assert.match(error.message, /^ConnectGetHostname/);
          return true;
        });
        assert.equal(peer.connection.isClosed, false);
        peer.connection.close();
      });
    }
  });

  describe('what is not the protocol ends the connection', () => {
    const word = Buffer.from('0000000100000000', 'hex');
    const cases: [string, Buffer, RegExp][] = [
      ['garbage', Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), /does not speak the libvirt protocol/],
      ['an answer to nobody', hostname(7, 'x'), /an answer that nobody waits for .*serial 7/],
      [
        'an answer to another call',
        encodePacket(packetHeader({ procedure: 110 }), connectGetUri.ret, { uri: 'x' }),
        /an answer that nobody waits for/,
      ],
      [
        'another version',
        encodePacket(packetHeader({ version: 2 }), nothing, undefined),
        /version 2 of a program/,
      ],
      ['a call', encodePacket(packetHeader({ type: 0 }), nothing, undefined), /a packet of type 0/],
      ['a stream', encodePacket(packetHeader({ type: 3 }), nothing, undefined), /a packet of type 3/],
      [
        'an unknown status',
        encodePacket(packetHeader({ status: 2 }), nothing, undefined),
        /an answer of status 2/,
      ],
      ['an answer cut short', encodePacket(packetHeader({}), nothing, undefined), /4 bytes wanted, 0 left/],
      [
        'an answer with too much',
        ((): Buffer => {
          const packet = Buffer.concat([hostname(1, 'abcd'), word]);
          packet.writeUInt32BE(packet.length);
          return packet;
        })(),
        /8 bytes too many/,
      ],
    ];
    for (const [what, bytes, words] of cases) {
      test(what, async () => {
        const peer = new Peer();
        const call = peer.connection.call(connectGetHostname, undefined);
        peer.stream.write(bytes);
        await assert.rejects(call, withCode('LV_PROTOCOL', words));
        assert.equal((await peer.connection.closed).code, 'LV_PROTOCOL');
      });
    }

    test('no bytes whatever can throw out of the connection', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }),
          fc.array(fc.tuple(fc.nat(), fc.nat(7)), { maxLength: 3 }),
          async (pieces, flips) => {
            const peer = new Peer();
            const call = peer.connection.call(connectGetHostname, undefined).catch((error: unknown) => error);
            const answer = hostname(1, 'name');
            for (const [at, bit] of flips) answer[at % answer.length]! ^= 1 << bit;
            peer.stream.write(answer);
            for (const piece of pieces) peer.stream.write(piece);
            peer.stream.end();
            const outcome = await call;
            assert.ok(outcome instanceof LibvirtError || typeof outcome === 'object');
            await peer.connection.closed;
          },
        ),
        { numRuns: 300, seed: 31 },
      );
    });
  });

  describe('keepalive', () => {
    test('a question is answered', async () => {
      const peer = new Peer();
      peer.stream.write(pingPacket);
      await peer.receivedCount(1);
      assert.ok(peer.received[0]!.packet.equals(pongPacket));
      peer.connection.close();
    });

    test('silence is questioned, and ends the connection when that stays unanswered', async (t) => {
      t.mock.timers.enable({ apis: ['setInterval'] });
      const peer = new Peer({ keepalive: { intervalMs: 1000, count: 3 } });
      const call = peer.connection.call(connectGetHostname, undefined, { timeoutMs: Infinity });
      peer.connection.startKeepalive();
      for (let asked = 1; asked <= 3; asked++) {
        t.mock.timers.tick(1000);
        await peer.receivedCount(1 + asked);
        assert.ok(peer.received.at(-1)!.packet.equals(pingPacket));
      }
      assert.equal(peer.connection.isClosed, false);
      t.mock.timers.tick(1000);
      await assert.rejects(call, withCode('LV_UNRESPONSIVE', /no sign of life for 4 s/));
    });

    test('any whole packet is a sign of life, a part of one is not', async (t) => {
      t.mock.timers.enable({ apis: ['setInterval'] });
      const peer = new Peer({ keepalive: { intervalMs: 1000, count: 1 } });
      peer.connection.startKeepalive();
      for (let i = 0; i < 5; i++) {
        peer.stream.write(pongPacket);
        await new Promise(setImmediate);
        t.mock.timers.tick(1000);
      }
      assert.equal(peer.connection.isClosed, false);
      peer.stream.write(pongPacket.subarray(0, 10));
      await new Promise(setImmediate);
      t.mock.timers.tick(1000);
      t.mock.timers.tick(1000);
      assert.equal((await peer.connection.closed).code, 'LV_UNRESPONSIVE');
    });
  });
});
