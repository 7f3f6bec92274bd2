import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Codec } from './codec.ts';

/** `char data<max>`: libvirt spends four bytes on each character of such a list. */
export function chars(max: number): Codec<Buffer> {
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
      for (const byte of value) writer.i32((byte << 24) >> 24);
    },
    decode(reader) {
      const length = reader.count(max, 'data');
      return readChars(reader.view, reader.take(length * 4), length);
    },
  };
}

/** `char name[size]`: a C string in a fixed field, four bytes a character again. */
export function charField(size: number): Codec<string> {
  return {
    minBytes: size * 4,
    has64: false,
    encode(writer, value) {
      const bytes = Buffer.from(value);
      // The last character of a C string is its NUL.
      if (bytes.length >= size) {
        throw new LibvirtError(ErrorCode.badArgument, `"${value}" is longer than ${size - 1} bytes`);
      }
      for (let i = 0; i < size; i++) writer.i32(((bytes[i] ?? 0) << 24) >> 24);
    },
    decode(reader) {
      const bytes = readChars(reader.view, reader.take(size * 4), size);
      const nul = bytes.indexOf(0);
      return bytes.toString('utf8', 0, nul === -1 ? size : nul);
    },
  };
}

function readChars(view: DataView, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = view.getInt32(at + i * 4) & 0xff;
  return bytes;
}
