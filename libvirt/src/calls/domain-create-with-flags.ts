import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int flags;
 * ret: remote_nonnull_domain dom;
 */
export const domainCreateWithFlags = remoteProcedure(
  'DomainCreateWithFlags',
  196,
  struct({ dom: domainRef, flags: u32 }),
  struct({ dom: domainRef }),
);
