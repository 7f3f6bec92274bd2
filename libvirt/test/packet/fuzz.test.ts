import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodePayload, ErrorCode, HEADER_BYTES, LibvirtError, PacketSplitter } from '../../src/protocol.ts';
import { recordedPackets } from '../golden/recorded-packets.ts';

const packets = recordedPackets();

/** Only one kind of failure may come out of a decoder. */
function refusal(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (error) {
    assert.ok(error instanceof LibvirtError && error.code === ErrorCode.protocol, String(error));
    return true;
  }
}

test('a packet cut short anywhere is refused', () => {
  for (const { name, packet, codec } of packets) {
    const step = Math.max(1, Math.floor(packet.length / 400));
    for (let end = HEADER_BYTES; end < packet.length; end += step) {
      assert.ok(
        refusal(() => decodePayload(packet.subarray(0, end), codec)),
        `${name} cut at ${end} was accepted`,
      );
    }
  }
});

test('a packet with bytes too many is refused', () => {
  for (const { packet, codec } of packets) {
    assert.ok(refusal(() => decodePayload(Buffer.concat([packet, Buffer.alloc(4)]), codec)));
  }
});

test('flipped bits are read as something else or refused, never anything worse', () => {
  fc.assert(
    fc.property(
      fc.nat(packets.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 8 }),
      (which, flips) => {
        const { packet, codec } = packets[which]!;
        const broken = Buffer.from(packet);
        for (const [at, bit] of flips) broken[at % broken.length]! ^= 1 << bit;
        refusal(() => decodePayload(broken, codec));
      },
    ),
    { numRuns: 3000, seed: 20 },
  );
});

test('random payloads are read as something or refused', () => {
  fc.assert(
    fc.property(fc.nat(packets.length - 1), fc.uint8Array({ maxLength: 300 }), (which, payload) => {
      refusal(() =>
        decodePayload(Buffer.concat([Buffer.alloc(HEADER_BYTES), payload]), packets[which]!.codec),
      );
    }),
    { numRuns: 3000, seed: 21 },
  );
});

test('a stream of packets comes out the same however it was cut up', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(packets.length - 1), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 }),
      (chosen, sizes) => {
        const stream = Buffer.concat(chosen.map((which) => packets[which]!.packet));
        const out: Buffer[] = [];
        const splitter = new PacketSplitter((packet) => out.push(Buffer.from(packet)));
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = sizes[i % sizes.length]!;
          splitter.push(stream.subarray(at, at + size));
          at += size;
        }
        assert.equal(out.length, chosen.length);
        assert.ok(Buffer.concat(out).equals(stream));
        assert.equal(splitter.pendingBytes, 0);
      },
    ),
    { numRuns: 300, seed: 22 },
  );
});

test('a broken stream ends in packets or a refusal', () => {
  fc.assert(
    fc.property(
      fc.nat(packets.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 700 }),
      (which, flips, size) => {
        const stream = Buffer.concat([packets[which]!.packet, packets[0]!.packet]);
        for (const [at, bit] of flips) stream[at % stream.length]! ^= 1 << bit;
        const splitter = new PacketSplitter(() => undefined);
        refusal(() => {
          for (let at = 0; at < stream.length; at += size) splitter.push(stream.subarray(at, at + size));
        });
      },
    ),
    { numRuns: 1000, seed: 23 },
  );
});
