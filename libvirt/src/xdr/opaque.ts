import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Codec } from './codec.ts';

/** `opaque data<max>`: bytes, copied out of the packet. */
export function opaque(max: number): Codec<Buffer> {
  return {
    minBytes: 4,
    has64: false,
    encode(writer, value) {
      if (value.length > max) {
        throw new LibvirtError(
          ErrorCode.badArgument,
          `${value.length} bytes of data pass the limit of ${max}`,
        );
      }
      writer.u32(value.length);
      writer.padded(value);
    },
    decode(reader) {
      const length = reader.count(max, 'data');
      const at = reader.padded(length);
      return Buffer.from(reader.bytes.subarray(at, at + length));
    },
  };
}
