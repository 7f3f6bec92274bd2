import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { domainStatsRecord } from '../wire/domain-stats-codec.ts';
import { list } from '../xdr/list.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain doms<16384>; unsigned int stats; unsigned int flags;
 * ret: struct { remote_nonnull_domain dom; remote_typed_param params<262144>; } retStats<16384>;
 */
export const connectGetAllDomainStats = remoteProcedure(
  'ConnectGetAllDomainStats',
  344,
  struct({ doms: list(domainRef, 16384), stats: u32, flags: u32 }),
  struct({ retStats: list(domainStatsRecord, 16384) }),
);
