import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { nothing } from '../xdr/nothing.ts';
import { u32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned hyper cacheSize; unsigned int flags;
 * ret: void
 */
export const domainMigrateSetCompressionCache = remoteProcedure(
  'DomainMigrateSetCompressionCache',
  300,
  struct({ dom: domainRef, cacheSize: u64, flags: u32 }),
  nothing,
);
