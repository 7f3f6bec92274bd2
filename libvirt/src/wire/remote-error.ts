import { optional } from '../xdr/optional.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';
import type { Decoded } from '../xdr/codec.ts';
import { domainRef } from './domain-ref.ts';
import { networkRef } from './network-ref.ts';

/**
 * struct virNetMessageError { int code; int domain; string *message; int level; remote_domain dom;
 *   string *str1; string *str2; string *str3; int int1; int int2; remote_network net; }
 */
export const remoteError = struct({
  code: i32,
  domain: i32,
  message: optional(text),
  level: i32,
  dom: optional(domainRef),
  str1: optional(text),
  str2: optional(text),
  str3: optional(text),
  int1: i32,
  int2: i32,
  net: optional(networkRef),
});

export type RemoteError = Decoded<typeof remoteError>;
