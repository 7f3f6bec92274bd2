import type { Codec } from './codec.ts';

/** `T *item`: a word 0, or a word 1 and the item. */
export function optional<T>(item: Codec<T>): Codec<T | null> {
  return {
    minBytes: 4,
    has64: item.has64,
    encode(writer, value) {
      if (value === null) {
        writer.u32(0);
      } else {
        writer.u32(1);
        item.encode(writer, value);
      }
    },
    decode(reader) {
      return reader.count(1, 'an optional item') === 0 ? null : item.decode(reader);
    },
  };
}
