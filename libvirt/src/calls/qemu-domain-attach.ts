import { qemuProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: unsigned int pid; unsigned int flags;
 * ret: remote_nonnull_domain dom;
 */
export const qemuDomainAttach = qemuProcedure(
  'QemuDomainAttach',
  2,
  struct({ pid: u32, flags: u32 }),
  struct({ dom: domainRef }),
);
