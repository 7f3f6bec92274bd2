import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';

/** Writes XDR into a buffer that grows as needed, up to a limit. */
export class XdrWriter {
  readonly limit: number;
  // Both are replaced when space grows, so reserve space first, then use them.
  #bytes: Buffer;
  #view: DataView;
  #offset = 0;

  constructor(limit = 0x7fff_ffff, initial = 1024) {
    this.limit = limit;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(initial, limit));
    this.#view = new DataView(this.#bytes.buffer);
  }

  get offset(): number {
    return this.#offset;
  }

  /** What was written so far; valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#offset);
  }

  clear(): void {
    this.#offset = 0;
  }

  i32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setInt32(at, checked(value, -0x8000_0000, 0x7fff_ffff, 'a 32-bit integer'));
  }

  u32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, checked(value, 0, 0xffff_ffff, 'an unsigned 32-bit integer'));
  }

  i64(value: bigint): void {
    if (BigInt.asIntN(64, value) !== value) throw unfit(value, 'a 64-bit integer');
    const at = this.#reserve(8);
    this.#view.setBigInt64(at, value);
  }

  u64(value: bigint): void {
    if (BigInt.asUintN(64, value) !== value) throw unfit(value, 'an unsigned 64-bit integer');
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, value);
  }

  f64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value);
  }

  /** Overwrites a word written earlier, e.g. a length that is known only at the end. */
  patchU32(at: number, value: number): void {
    this.#view.setUint32(at, value);
  }

  /** Bytes padded with zeros to a multiple of four. */
  padded(bytes: Uint8Array): void {
    const at = this.#reserve((bytes.length + 3) & ~3);
    this.#bytes.set(bytes, at);
    this.#bytes.fill(0, at + bytes.length, this.#offset);
  }

  /** UTF-8 text of a known byte length, padded likewise. */
  paddedText(text: string, byteLength: number): void {
    const at = this.#reserve((byteLength + 3) & ~3);
    this.#bytes.write(text, at, byteLength, 'utf8');
    this.#bytes.fill(0, at + byteLength, this.#offset);
  }

  #reserve(count: number): number {
    const at = this.#offset;
    const needed = at + count;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#offset = needed;
    return at;
  }

  #grow(needed: number): void {
    if (needed > this.limit) {
      throw new LibvirtError(ErrorCode.badArgument, `the message passes the limit of ${this.limit} bytes`);
    }
    const grown = Buffer.allocUnsafeSlow(Math.min(this.limit, Math.max(needed, this.#bytes.length * 2)));
    this.#bytes.copy(grown, 0, 0, this.#offset);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function checked(value: number, least: number, most: number, what: string): number {
  if (!Number.isInteger(value) || value < least || value > most) throw unfit(value, what);
  return value;
}

function unfit(value: number | bigint, what: string): LibvirtError {
  return new LibvirtError(ErrorCode.badArgument, `${value} is not ${what}`);
}
