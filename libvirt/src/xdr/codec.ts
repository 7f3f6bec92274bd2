import type { XdrReader } from './xdr-reader.ts';
import type { XdrWriter } from './xdr-writer.ts';

/** One XDR type (RFC 4506), readable and writable: the same definition serves client and server. */
export interface Codec<T> {
  /** The fewest bytes a value can take: lets a list refuse a claimed count before allocating for it. */
  readonly minBytes: number;
  /** Whether a value holds 64-bit integers, see `WireRecord`. */
  readonly has64: boolean;
  encode(writer: XdrWriter, value: T): void;
  decode(reader: XdrReader): T;
}

export type Decoded<C> = C extends Codec<infer T> ? T : never;
