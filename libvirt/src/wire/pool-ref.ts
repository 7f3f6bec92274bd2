import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';
import { uuid } from '../xdr/uuid.ts';
import type { Decoded } from '../xdr/codec.ts';

/** struct remote_nonnull_storage_pool { string name<>; opaque uuid[16]; } */
export const poolRef = struct({ name: text, uuid });

export type PoolRef = Decoded<typeof poolRef>;
