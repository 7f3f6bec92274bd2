import { u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';
import type { Decoded } from '../xdr/codec.ts';

/** struct remote_node_get_cpu_stats { string field<>; unsigned hyper value; }, and the same for memory. */
export const nodeParameter = struct({ field: text, value: u64 });

export type NodeParameter = Decoded<typeof nodeParameter>;
