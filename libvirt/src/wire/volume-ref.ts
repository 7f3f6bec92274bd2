import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';
import type { Decoded } from '../xdr/codec.ts';

/** struct remote_nonnull_storage_vol { string pool<>; string name<>; string key<>; } */
export const volumeRef = struct({ pool: text, name: text, key: text });

export type VolumeRef = Decoded<typeof volumeRef>;
