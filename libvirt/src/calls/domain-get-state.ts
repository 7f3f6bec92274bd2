import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int flags;
 * ret: int state; int reason;
 */
export const domainGetState = remoteProcedure(
  'DomainGetState',
  212,
  struct({ dom: domainRef, flags: u32 }),
  struct({ state: i32, reason: i32 }),
);
