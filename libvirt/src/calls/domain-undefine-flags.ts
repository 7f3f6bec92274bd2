import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { nothing } from '../xdr/nothing.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int flags;
 * ret: void
 */
export const domainUndefineFlags = remoteProcedure(
  'DomainUndefineFlags',
  231,
  struct({ dom: domainRef, flags: u32 }),
  nothing,
);
