import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int flags;
 * ret: unsigned hyper downtime;
 */
export const domainMigrateGetMaxDowntime = remoteProcedure(
  'DomainMigrateGetMaxDowntime',
  387,
  struct({ dom: domainRef, flags: u32 }),
  struct({ downtime: u64 }),
);
