import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';
import { uuid } from '../xdr/uuid.ts';
import type { Decoded } from '../xdr/codec.ts';

/**
 * struct remote_nonnull_domain { string name<>; opaque uuid[16]; int id; }
 *
 * `id` is -1 while the domain does not run.
 */
export const domainRef = struct({ name: text, uuid, id: i32 });

export type DomainRef = Decoded<typeof domainRef>;
