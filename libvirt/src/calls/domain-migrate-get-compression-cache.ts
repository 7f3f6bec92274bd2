import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int flags;
 * ret: unsigned hyper cacheSize;
 */
export const domainMigrateGetCompressionCache = remoteProcedure(
  'DomainMigrateGetCompressionCache',
  299,
  struct({ dom: domainRef, flags: u32 }),
  struct({ cacheSize: u64 }),
);
