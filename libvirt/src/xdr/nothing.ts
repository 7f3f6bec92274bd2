import type { Codec } from './codec.ts';

/** `void`: no bytes at all. */
export const nothing: Codec<void> = {
  minBytes: 0,
  has64: false,
  encode: () => undefined,
  decode: () => undefined,
};
