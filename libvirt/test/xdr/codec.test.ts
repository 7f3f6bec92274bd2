import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ErrorCode, LibvirtError } from '../../src/errors/libvirt-error.ts';
import { charField, chars } from '../../src/xdr/chars.ts';
import type { Codec } from '../../src/xdr/codec.ts';
import { list } from '../../src/xdr/list.ts';
import { nothing } from '../../src/xdr/nothing.ts';
import { opaque } from '../../src/xdr/opaque.ts';
import { optional } from '../../src/xdr/optional.ts';
import { f64, flag, i32, i64, u32, u64 } from '../../src/xdr/scalars.ts';
import { struct } from '../../src/xdr/struct.ts';
import { text } from '../../src/xdr/text.ts';
import { uuid } from '../../src/xdr/uuid.ts';
import { XdrReader } from '../../src/xdr/xdr-reader.ts';
import { XdrWriter } from '../../src/xdr/xdr-writer.ts';
import { typedParameter, typedParameters } from '../../src/wire/typed-parameter.ts';

function encode<T>(codec: Codec<T>, value: T): string {
  const writer = new XdrWriter();
  codec.encode(writer, value);
  return writer.written.toString('hex');
}

function decode<T>(codec: Codec<T>, hex: string): T {
  const reader = new XdrReader(Buffer.from(hex, 'hex'));
  const value = codec.decode(reader);
  reader.finish();
  return value;
}

function fails(code: ErrorCode, words: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof LibvirtError && error.code === code && words.test(error.message);
}

describe('XDR on the wire', () => {
  const examples: [string, Codec<unknown>, unknown, string][] = [
    ['i32', i32, -2, 'fffffffe'],
    ['u32', u32, 4294967294, 'fffffffe'],
    ['i64', i64, -2n, 'fffffffffffffffe'],
    ['u64', u64, 18446744073709551614n, 'fffffffffffffffe'],
    ['f64', f64, 1.5, '3ff8000000000000'],
    ['yes', flag, true, '00000001'],
    ['no', flag, false, '00000000'],
    ['text padded', text, 'größe', '00000007' + '6772c3b6c39f6500'],
    ['text that fits', text, 'abcd', '0000000461626364'],
    ['no text', text, '', '00000000'],
    ['opaque', opaque(8), Buffer.from('abcde'), '00000005' + '6162636465000000'],
    ['chars', chars(4), Buffer.from([1, 0xff]), '00000002' + '00000001' + 'ffffffff'],
    ['char field', charField(4), 'ab', '00000061' + '00000062' + '0000000000000000'],
    ['uuid', uuid, '77000000-0000-4000-9000-0000000000ee', '770000000000400090000000000000ee'],
    ['list', list(i32, 3), [1, 2], '00000002' + '00000001' + '00000002'],
    ['absent', optional(i32), null, '00000000'],
    ['present', optional(i32), 5, '0000000100000005'],
    ['struct', struct({ a: i32, b: text }), { a: 1, b: 'x' }, '00000001' + '0000000178000000'],
    ['nothing', nothing, undefined, ''],
  ];
  for (const [name, codec, value, hex] of examples) {
    test(name, () => {
      assert.equal(encode(codec, value), hex);
      assert.deepEqual(decode(codec, hex), value);
      assert.ok(codec.minBytes <= hex.length / 2);
    });
  }

  test('what is written is read back', () => {
    const codec = struct({
      a: i32,
      b: list(struct({ c: u64, d: optional(text) }), 10),
      e: opaque(100),
      f: chars(100),
      g: i64,
      h: u32,
      i: f64,
    });
    const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array));
    const string = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'));
    const value = fc.record(
      {
        a: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        b: fc.array(
          fc.record(
            { c: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), d: fc.option(string) },
            { noNullPrototype: true },
          ),
          {
            maxLength: 10,
          },
        ),
        e: bytes,
        f: bytes,
        g: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        h: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        i: fc.double(),
      },
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(value, (each) => {
        const hex = encode(codec, each);
        assert.equal(hex.length % 8, 0);
        const back = decode(codec, hex);
        assert.equal(encode(codec, back), hex);
        assert.deepEqual({ ...back, b: back.b.map((item) => ({ ...item })) }, each);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  test('64-bit integers are strings in JSON, wherever they stand', () => {
    const codec = struct({ a: u64, b: struct({ c: i64, d: i32 }), e: list(u64, 4), f: list(i32, 4) });
    const value = decode(codec, encode(codec, { a: 2n ** 63n, b: { c: -1n, d: 1 }, e: [1n, 2n], f: [3] }));
    assert.equal(
      JSON.stringify(value),
      '{"a":"9223372036854775808","b":{"c":"-1","d":1},"e":["1","2"],"f":[3]}',
    );
  });

  test('typed parameters of each type', () => {
    const parameters = [
      typedParameter('i', 1, -1),
      typedParameter('u', 2, 4000000000),
      typedParameter('l', 3, -1n),
      typedParameter('L', 4, 2n ** 63n),
      typedParameter('d', 5, 0.5),
      typedParameter('b', 6, true),
      typedParameter('B', 6, false),
      typedParameter('s', 7, 'text'),
    ];
    const codec = typedParameters(8);
    assert.deepEqual(decode(codec, encode(codec, parameters)), parameters);
    assert.equal(JSON.stringify(parameters[3]), '{"field":"L","type":4,"value":"9223372036854775808"}');
    assert.throws(
      () => decode(codec, '00000001' + '0000000161000000' + '00000008' + '00000000'),
      fails('LV_PROTOCOL', /unknown type 8/),
    );
  });
});

describe('values that do not fit are refused before anything is sent', () => {
  const cases: [string, Codec<unknown>, unknown, RegExp][] = [
    ['a fraction', i32, 1.5, /1.5 is not a 32-bit integer/],
    ['too small', i32, -2147483649, /is not a 32-bit/],
    ['too large', i32, 2147483648, /is not a 32-bit/],
    ['negative', u32, -1, /-1 is not an unsigned 32-bit integer/],
    ['too large unsigned', u32, 4294967296, /unsigned/],
    ['i64 too large', i64, 2n ** 63n, /is not a 64-bit/],
    ['u64 negative', u64, -1n, /unsigned 64-bit/],
    ['NUL', text, 'a\0b', /NUL/],
    ['a string over the limit', text, 'x'.repeat(4194305), /4194305 bytes passes the limit of 4194304/],
    ['opaque over its limit', opaque(2), Buffer.alloc(3), /3 bytes of data pass the limit of 2/],
    ['chars over their limit', chars(2), Buffer.alloc(3), /3 bytes of data pass the limit of 2/],
    ['a char field without room for its end', charField(2), 'ab', /longer than 1 bytes/],
    ['a list over its limit', list(i32, 1), [1, 2], /2 items pass the limit of 1/],
    ['no uuid', uuid, 'zz', /"zz" is not a UUID/],
  ];
  for (const [name, codec, value, words] of cases) {
    test(name, () => {
      assert.throws(() => encode(codec, value), fails('LV_BAD_ARGUMENT', words));
    });
  }

  test('a message over the limit of the writer', () => {
    const writer = new XdrWriter(16, 8);
    writer.u64(1n);
    writer.u64(2n);
    assert.equal(writer.offset, 16);
    assert.throws(
      () => {
        writer.u32(1);
      },
      fails('LV_BAD_ARGUMENT', /limit of 16 bytes/),
    );
    writer.clear();
    writer.f64(1);
    assert.equal(writer.written.length, 8);
  });
});

describe('malformed data is refused', () => {
  const cases: [string, Codec<unknown>, string, RegExp][] = [
    ['a word cut short', i32, '0000', /4 bytes wanted, 2 left/],
    ['a text cut short', text, '00000008' + '61626364', /8 bytes wanted, 4 left/],
    ['a text without its padding', text, '00000001' + '61', /4 bytes wanted, 1 left/],
    ['a text over the limit', text, '00400001', /a string claims 4194305, the limit is 4194304/],
    ['opaque over its limit', opaque(4), '00000005' + '0000000000000000', /data claims 5, the limit is 4/],
    ['chars over their limit', chars(1), '00000002' + '0000000000000000', /data claims 2/],
    ['a list over its limit', list(i32, 1), '00000002', /a list claims 2, the limit is 1/],
    [
      'a list without its items',
      list(i32, 1000),
      '000003e8' + '00000000',
      /claims 1000 items, 4 bytes are left/,
    ],
    ['an optional that is neither', optional(i32), '00000002', /optional/],
    ['bytes too many', i32, '0000000000000000', /4 bytes too many/],
  ];
  for (const [name, codec, hex, words] of cases) {
    test(name, () => {
      assert.throws(() => decode(codec, hex), fails('LV_PROTOCOL', words));
    });
  }

  test('a char field may be filled to its last byte', () => {
    assert.equal(decode(charField(2), '0000006100000062'), 'ab');
  });
});
