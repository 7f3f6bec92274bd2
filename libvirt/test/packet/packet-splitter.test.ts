import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ErrorCode, LibvirtError, PACKET_MAX_BYTES, PacketSplitter } from '../../src/protocol.ts';

function lengthWord(length: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32BE(length);
  return word;
}

describe('PacketSplitter', () => {
  for (const [what, bytes] of [
    ['a length below the header', lengthWord(27)],
    ['a length over the limit', lengthWord(PACKET_MAX_BYTES + 1)],
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['a TLS alert', Buffer.from('15030300020228', 'hex')],
    ['an SSH banner', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
  ] as const) {
    test(`${what} is told apart from the libvirt protocol`, () => {
      for (const pieces of [[bytes], [...bytes].map((byte) => Buffer.of(byte))]) {
        const splitter = new PacketSplitter(() => {
          assert.fail('no packet can come of it');
        });
        assert.throws(
          () => {
            for (const piece of pieces) splitter.push(piece);
          },
          (error: unknown) =>
            error instanceof LibvirtError &&
            error.code === ErrorCode.protocol &&
            error.message.includes('does not speak the libvirt protocol'),
        );
      }
    });
  }

  test('the largest length possible is waited for', () => {
    const splitter = new PacketSplitter(() => {
      assert.fail('not whole yet');
    });
    splitter.push(lengthWord(PACKET_MAX_BYTES));
    splitter.push(Buffer.alloc(1000));
    assert.equal(splitter.pendingBytes, 1004);
  });

  test('space grows with the bytes that came, not with the length that was claimed', () => {
    const before = process.memoryUsage().arrayBuffers;
    const splitters = Array.from({ length: 200 }, () => {
      const splitter = new PacketSplitter(() => undefined);
      splitter.push(lengthWord(PACKET_MAX_BYTES));
      splitter.push(Buffer.alloc(1000));
      return splitter;
    });
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 200 * 16_384, `${grown} bytes for ${splitters.length} starts of 1 kB`);
  });

  test('a packet in single bytes costs no memory per byte', () => {
    const packet = Buffer.alloc(200_000, 7);
    packet.writeUInt32BE(packet.length);
    let whole = 0;
    const splitter = new PacketSplitter((each) => {
      assert.ok(each.equals(packet));
      whole += 1;
    });
    for (let at = 0; at < packet.length; at++) splitter.push(packet.subarray(at, at + 1));
    assert.equal(whole, 1);
  });
});
