import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Codec } from './codec.ts';

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `opaque uuid[16]`, written as people write it: 77000000-0000-4000-9000-000000000011. */
export const uuid: Codec<string> = {
  minBytes: 16,
  has64: false,
  encode(writer, value) {
    if (!pattern.test(value)) throw new LibvirtError(ErrorCode.badArgument, `"${value}" is not a UUID`);
    writer.padded(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
  decode(reader) {
    const at = reader.take(16);
    const hex = reader.bytes.toString('hex', at, at + 16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};
