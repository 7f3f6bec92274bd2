import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { list } from '../xdr/list.ts';
import { i32, u32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int maxStats; unsigned int flags;
 * ret: struct { int tag; unsigned hyper val; } stats<1024>;
 */
export const domainMemoryStats = remoteProcedure(
  'DomainMemoryStats',
  159,
  struct({ dom: domainRef, maxStats: u32, flags: u32 }),
  struct({ stats: list(struct({ tag: i32, val: u64 }), 1024) }),
);
