import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as protocol from '../../src/protocol.ts';
import { recordedValue } from './recorded-value.ts';

const { decodePayload, encodePacket, PacketStatus, PacketType, readHeader } = protocol;

interface Part {
  hex: string;
  value: unknown;
}
interface Recorded {
  name: string;
  program: number;
  number: number;
  args?: Part;
  ret?: Part;
  error?: Part;
  message?: Part;
}

type Definition = protocol.Procedure<unknown, unknown> | protocol.EventMessage<unknown>;

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'frames.json'), 'utf8')) as Recorded[];
const definitions = new Map(
  Object.entries(protocol as Record<string, unknown>).filter(
    (entry): entry is [string, Definition] =>
      typeof entry[1] === 'object' && entry[1] !== null && 'number' in entry[1] && 'program' in entry[1],
  ),
);

/** Reads a recorded packet, compares (the order of fields included), and writes it again byte by byte the same. */
function checkPart<T>(part: Part | undefined, codec: protocol.Codec<T>, type: number, status: number): void {
  if (part === undefined) return;
  const packet = Buffer.from(part.hex, 'hex');
  const header = readHeader(packet);
  assert.equal(header.type, type);
  assert.equal(header.status, status);
  assert.equal(header.version, 1);
  assert.equal(packet.readUInt32BE(0), packet.length);
  const value = decodePayload(packet, codec);
  assert.equal(JSON.stringify(recordedValue(value)), JSON.stringify(part.value));
  assert.equal(encodePacket(header, codec, value).toString('hex'), part.hex);
}

describe('frames recorded between libvirt.so and libvirtd', () => {
  for (const frame of recorded) {
    test(`${frame.name} is read and written as libvirt does`, () => {
      const definition = definitions.get(frame.name);
      assert.ok(definition, `no definition is called ${frame.name}`);
      for (const part of [frame.args, frame.ret, frame.error, frame.message]) {
        if (part === undefined) continue;
        const header = readHeader(Buffer.from(part.hex, 'hex'));
        assert.equal(definition.program, header.program);
        assert.equal(definition.number, header.procedure);
      }
      if ('payload' in definition) {
        checkPart(frame.message, definition.payload, PacketType.message, PacketStatus.ok);
      } else {
        checkPart(frame.args, definition.args, PacketType.call, PacketStatus.ok);
        checkPart(frame.ret, definition.ret, PacketType.reply, PacketStatus.ok);
        checkPart(frame.error, protocol.remoteError, PacketType.reply, PacketStatus.error);
      }
    });
  }

  test('every definition was recorded but one, which a lab cannot provoke', () => {
    const seen = new Set(recorded.map(({ name }) => name));
    assert.deepEqual(
      [...definitions.keys()].filter((name) => !seen.has(name)),
      ['connectionClosedEvent'],
    );
    const { program, number, payload } = protocol.connectionClosedEvent;
    assert.equal(program, 0x20008086);
    assert.equal(number, 362);
    const packet = Buffer.from('00000020200080860000000100000001000000020000000000000000' + '00000002', 'hex');
    assert.deepEqual(decodePayload(packet, payload), { reason: 2 });
  });

  test('answers that no success was recorded of have the shape that the protocol names', () => {
    const empty = '';
    const word = '00000001';
    const text = '0000000161000000';
    const domain = '00000001610000007700000000004000900000000000001100000001';
    const shapes: [Definition, string, unknown][] = [
      [protocol.authPolkit, word, { complete: true }],
      [protocol.domainAbortJob, empty, null],
      [protocol.domainAbortJobFlags, empty, null],
      [protocol.domainMigrateStartPostCopy, empty, null],
      [
        protocol.qemuDomainAttach,
        domain,
        { dom: { name: 'a', uuid: '77000000-0000-4000-9000-000000000011', id: 1 } },
      ],
      [protocol.qemuAgentCommand, word + text, { result: 'a' }],
      [protocol.storageVolLookupByPath, text + text + text, { vol: { pool: 'a', name: 'a', key: 'a' } }],
    ];
    const unanswered = recorded.filter((frame) => frame.message === undefined && frame.ret === undefined);
    assert.deepEqual(
      unanswered.map(({ name }) => name).sort(),
      shapes.map(([definition]) => nameOf(definition)).sort(),
    );
    for (const [definition, hex, value] of shapes) {
      assert.ok('ret' in definition);
      const packet = Buffer.from('00'.repeat(28) + hex, 'hex');
      assert.deepEqual(recordedValue(decodePayload(packet, definition.ret)), value);
    }
  });

  test('every recorded packet passes whole and byte by byte', () => {
    for (const frame of recorded) {
      for (const part of [frame.args, frame.ret, frame.error, frame.message]) {
        if (part === undefined) continue;
        const packet = Buffer.from(part.hex, 'hex');
        const whole: string[] = [];
        const splitter = new protocol.PacketSplitter((each) => whole.push(each.toString('hex')));
        splitter.push(packet);
        for (let at = 0; at < packet.length; at++) splitter.push(packet.subarray(at, at + 1));
        assert.deepEqual(whole, [part.hex, part.hex]);
      }
    }
  });
});

function nameOf(definition: Definition): string {
  for (const [name, each] of definitions) if (each === definition) return name;
  throw new Error(`${definition.name} has no name`);
}
