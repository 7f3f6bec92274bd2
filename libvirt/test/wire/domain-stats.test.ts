import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodePayload,
  connectGetAllDomainStats,
  DomainStats,
  encodePacket,
  flattenDomainStats,
  HEADER_BYTES,
  jobStats,
  jobStatsParameters,
  typedParameter,
  type TypedParameter,
  XdrReader,
  XdrWriter,
} from '../../src/protocol.ts';
import { FieldNames, resolveField } from '../../src/wire/field-names.ts';
import { domainRef } from '../../src/wire/domain-ref.ts';
import { domainStatsRecord } from '../../src/wire/domain-stats-codec.ts';
import { statsPlaces } from '../../src/wire/domain-stats-fields.ts';
import { typedParameters } from '../../src/wire/typed-parameter.ts';

const dom = { name: 'web', uuid: '77000000-0000-4000-9000-000000000011', id: 3 };

/** Reads a record that reports exactly these fields. */
function read(fields: readonly TypedParameter[]): DomainStats {
  const writer = new XdrWriter();
  domainRef.encode(writer, dom);
  typedParameters(1000).encode(writer, fields);
  const reader = new XdrReader(Buffer.from(writer.written));
  const stats = domainStatsRecord.decode(reader);
  reader.finish();
  return stats;
}

const sample = {
  1: -1,
  2: 4_000_000_000,
  3: -(2n ** 62n),
  4: 2n ** 63n,
  5: 0.5,
  6: true,
  7: 'text',
} as const;
const sampleOf = (field: string, type: number): TypedParameter =>
  typedParameter(field, type, sample[type as keyof typeof sample]);

describe('DomainStats', () => {
  test('every field with a place goes there and comes back, in the order of libvirt', () => {
    const fields = statsPlaces.flatMap(({ prefix, fields: rows }) =>
      rows.map(([suffix, type]) => sampleOf(prefix.replace('#', '0') + suffix, type)),
    );
    const stats = read(fields);
    assert.deepEqual(stats.other, []);
    assert.deepEqual(flattenDomainStats(stats), fields);
  });

  test('fields that the recorded guest did not report stand as virConnectGetAllDomainStats names them', () => {
    const stats = read([
      typedParameter('vcpu.0.halted', 6, true),
      typedParameter('block.0.errors', 4, 1n),
      typedParameter('block.0.threshold', 4, 2n),
      typedParameter('dirtyrate.megabytes_per_second', 3, 3n),
    ]);
    assert.equal(stats.vcpu?.list[0]?.halted, true);
    assert.equal(stats.block?.list[0]?.errors, 1n);
    assert.equal(stats.block.list[0].threshold, 2n);
    assert.equal(stats.dirtyRate?.megabytesPerSecond, 3n);
    assert.deepEqual(stats.other, []);
  });

  test('list items keep their own indexes, with gaps', () => {
    const fields = [0, 2, 7].map((index) => sampleOf(`vcpu.${index}.time`, 4));
    const stats = read(fields);
    assert.deepEqual(
      stats.vcpu?.list.map(({ index }) => index),
      [0, 2, 7],
    );
    assert.deepEqual(flattenDomainStats(stats), fields);
  });

  test('what has no place is kept as it came', () => {
    const strange = [
      sampleOf('perf.cmt', 4),
      sampleOf('vm.halt_poll_ns.cur', 4),
      sampleOf('cpu.time', 1), // another type than libvirt's
      sampleOf('net.01.name', 7), // not how libvirt writes 1
      sampleOf('net.123456.name', 7),
      sampleOf('', 2),
      sampleOf('x'.repeat(100), 5),
      sampleOf('größe', 6),
    ];
    const stats = read(strange);
    assert.deepEqual(stats.other, strange);
    assert.deepEqual(flattenDomainStats(stats), strange);
  });

  test('list items out of order are kept apart', () => {
    const fields = ['block.1.name', 'block.0.name'].map((name) => sampleOf(name, 7));
    const stats = read(fields);
    assert.deepEqual(
      stats.block?.list.map(({ index }) => index),
      [1],
    );
    assert.deepEqual(stats.other, [fields[1]]);
  });

  test('a parameter list that claims more than there is allocates nothing for it', () => {
    const writer = new XdrWriter();
    domainRef.encode(writer, dom);
    writer.u32(262_144);
    const bytes = Buffer.from(writer.written);
    assert.throws(
      () => domainStatsRecord.decode(new XdrReader(bytes)),
      /claims 262144 parameters, 0 bytes are left/,
    );
  });

  test('hosts that report in another order than the last one are read as well', () => {
    const fields = [sampleOf('cpu.time', 4), sampleOf('state.state', 1), sampleOf('balloon.rss', 4)];
    for (const order of [fields, [...fields].reverse(), fields]) {
      const stats = read(order);
      assert.equal(stats.cpu?.time, 2n ** 63n);
      assert.equal(stats.state?.state, -1);
      assert.equal(stats.balloon?.rss, 2n ** 63n);
    }
  });

  test('in JSON every 64-bit integer is a string, and what was not reported is absent', () => {
    const stats = read([sampleOf('cpu.time', 4), sampleOf('state.state', 1)]);
    assert.equal(
      JSON.stringify(stats),
      `{"domain":${JSON.stringify(dom)},"state":{"state":-1},"cpu":{"time":"9223372036854775808"},"other":[]}`,
    );
  });

  test('many domains in one answer', () => {
    const header = { program: 1, version: 1, procedure: 344, type: 1, serial: 1, status: 0 };
    const retStats = Array.from({ length: 50 }, () => read([sampleOf('cpu.time', 4)]));
    const packet = encodePacket(header, connectGetAllDomainStats.ret, { retStats });
    assert.deepEqual(decodePayload(packet, connectGetAllDomainStats.ret).retStats, retStats);
    assert.equal(packet.readUInt32BE(HEADER_BYTES), 50);
  });
});

describe('FieldNames', () => {
  function find(names: FieldNames, name: string): ReturnType<FieldNames['find']> {
    const bytes = Buffer.alloc((Buffer.byteLength(name) + 3) & ~3);
    bytes.write(name);
    return names.find(
      bytes,
      new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
      0,
      Buffer.byteLength(name),
    );
  }

  test('finds what the slow way finds, the first time and afterwards', () => {
    const names = new FieldNames();
    for (let turn = 0; turn < 2; turn++) {
      for (let i = 0; i < 200; i++) {
        const found = find(names, `vcpu.${i}.time`);
        assert.equal(found?.index, i);
        assert.equal(found.property, 'time');
      }
    }
    assert.equal(names.size, 200);
    assert.equal(find(names, 'vcpu.1.tim'), undefined);
    assert.deepEqual(resolveField('vcpu.1.time')?.index, 1);
    assert.equal(resolveField('nothing'), undefined);
  });

  test('stops learning at its limit, and still finds', () => {
    const names = new FieldNames();
    for (let i = 0; i < 9000; i++) assert.equal(find(names, `vcpu.${i}.wait`)?.index, i);
    assert.equal(names.size, 8192);
    assert.equal(find(names, 'vcpu.8999.wait')?.index, 8999);
  });
});

describe('JobStats', () => {
  test('goes to parameters and back', () => {
    const parameters = [
      typedParameter('operation', 1, 5),
      typedParameter('downtime', 4, 2n ** 60n),
      typedParameter('success', 6, true),
      typedParameter('errmsg', 7, 'no'),
      typedParameter('unheard_of', 4, 1n),
      typedParameter('memory_total', 1, 1),
    ];
    const stats = jobStats(3, parameters);
    assert.equal(stats.downtime, 2n ** 60n);
    assert.equal(stats.memoryTotal, undefined);
    assert.deepEqual(stats.other, parameters.slice(4));
    assert.deepEqual(jobStatsParameters(stats), parameters);
    assert.match(JSON.stringify(stats), /"downtime":"1152921504606846976"/);
    assert.deepEqual(jobStatsParameters({ downtime: 5n }), [typedParameter('downtime', 4, 5n)]);
  });
});
