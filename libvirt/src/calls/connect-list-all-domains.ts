import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { list } from '../xdr/list.ts';
import { flag, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int need_results; unsigned int flags;
 * ret: remote_nonnull_domain domains<16384>; unsigned int ret;
 */
export const connectListAllDomains = remoteProcedure(
  'ConnectListAllDomains',
  273,
  struct({ needResults: flag, flags: u32 }),
  struct({ domains: list(domainRef, 16384), ret: u32 }),
);
