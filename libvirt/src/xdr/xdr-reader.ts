import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';

/** Reads XDR from bytes that are already there; every read is checked against the end. */
export class XdrReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly end: number;
  offset: number;

  constructor(bytes: Buffer, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  /** Steps over `count` bytes and returns where they began. */
  take(count: number): number {
    const at = this.offset;
    if (count > this.end - at) throw this.malformed(`${count} bytes wanted, ${this.end - at} left`);
    this.offset = at + count;
    return at;
  }

  i32(): number {
    return this.view.getInt32(this.take(4));
  }

  u32(): number {
    return this.view.getUint32(this.take(4));
  }

  i64(): bigint {
    return this.view.getBigInt64(this.take(8));
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  f64(): number {
    return this.view.getFloat64(this.take(8));
  }

  /** A length or count word, refused when over the limit that the protocol sets for it. */
  count(limit: number, what: string): number {
    const count = this.u32();
    if (count > limit) throw this.malformed(`${what} claims ${count}, the limit is ${limit}`);
    return count;
  }

  /** Steps over `length` bytes and their padding to a multiple of four; returns where they began. */
  padded(length: number): number {
    return this.take((length + 3) & ~3);
  }

  finish(): void {
    if (this.offset !== this.end) throw this.malformed(`${this.end - this.offset} bytes too many`);
  }

  malformed(why: string): LibvirtError {
    return new LibvirtError(ErrorCode.protocol, `malformed data at byte ${this.offset}: ${why}`);
  }
}
