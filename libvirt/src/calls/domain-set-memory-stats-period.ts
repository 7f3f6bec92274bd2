import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { nothing } from '../xdr/nothing.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; int period; unsigned int flags;
 * ret: void
 */
export const domainSetMemoryStatsPeriod = remoteProcedure(
  'DomainSetMemoryStatsPeriod',
  308,
  struct({ dom: domainRef, period: i32, flags: u32 }),
  nothing,
);
