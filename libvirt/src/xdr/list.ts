import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Codec } from './codec.ts';

/** `T items<max>` */
export function list<T>(item: Codec<T>, max: number): Codec<readonly T[]> {
  return {
    minBytes: 4,
    has64: item.has64,
    encode(writer, values) {
      if (values.length > max) {
        throw new LibvirtError(ErrorCode.badArgument, `${values.length} items pass the limit of ${max}`);
      }
      writer.u32(values.length);
      for (const value of values) item.encode(writer, value);
    },
    decode(reader) {
      const count = reader.count(max, 'a list');
      if (count * item.minBytes > reader.remaining) {
        throw reader.malformed(`a list claims ${count} items, ${reader.remaining} bytes are left`);
      }
      const values: T[] = [];
      for (let i = 0; i < count; i++) values.push(item.decode(reader));
      return values;
    },
  };
}
