import type { Codec } from './codec.ts';
import { WireRecord } from './wire-record.ts';

type Fields = Readonly<Record<string, Codec<unknown>>>;

export type StructValue<F> = { readonly [K in keyof F]: F[K] extends Codec<infer T> ? T : never };

/** `struct { ... }`: the fields in the order in which they are named here. */
export function struct<const F extends Fields>(fields: F): Codec<StructValue<F>> {
  const entries = Object.entries(fields);
  const has64 = entries.some(([, codec]) => codec.has64);
  return {
    minBytes: entries.reduce((sum, [, codec]) => sum + codec.minBytes, 0),
    has64,
    encode(writer, value) {
      const record = value as Record<string, unknown>;
      for (const [name, codec] of entries) codec.encode(writer, record[name]);
    },
    decode(reader) {
      const record: object = has64 ? new WireRecord() : {};
      const fieldsOf = record as Record<string, unknown>;
      for (const [name, codec] of entries) fieldsOf[name] = codec.decode(reader);
      return record as StructValue<F>;
    },
  };
}
