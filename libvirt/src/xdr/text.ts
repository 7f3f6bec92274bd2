import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Codec } from './codec.ts';

/** REMOTE_STRING_MAX: the limit of every string in libvirt's protocol. */
const STRING_MAX = 4_194_304;

/** `string s<4194304>` */
export const text: Codec<string> = {
  minBytes: 4,
  has64: false,
  encode(writer, value) {
    // A C program on the other side would silently stop reading at a NUL.
    if (value.includes('\0'))
      throw new LibvirtError(ErrorCode.badArgument, 'a string may not contain a NUL character');
    const length = Buffer.byteLength(value);
    if (length > STRING_MAX) {
      throw new LibvirtError(
        ErrorCode.badArgument,
        `a string of ${length} bytes passes the limit of ${STRING_MAX}`,
      );
    }
    writer.u32(length);
    writer.paddedText(value, length);
  },
  decode(reader) {
    const length = reader.count(STRING_MAX, 'a string');
    const at = reader.padded(length);
    return reader.bytes.toString('utf8', at, at + length);
  },
};
