import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { i32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom;
 * ret: int type; unsigned hyper timeElapsed; unsigned hyper timeRemaining; unsigned hyper dataTotal; unsigned hyper dataProcessed; unsigned hyper dataRemaining; unsigned hyper memTotal; unsigned hyper memProcessed; unsigned hyper memRemaining; unsigned hyper fileTotal; unsigned hyper fileProcessed; unsigned hyper fileRemaining;
 */
export const domainGetJobInfo = remoteProcedure(
  'DomainGetJobInfo',
  163,
  struct({ dom: domainRef }),
  struct({
    type: i32,
    timeElapsed: u64,
    timeRemaining: u64,
    dataTotal: u64,
    dataProcessed: u64,
    dataRemaining: u64,
    memTotal: u64,
    memProcessed: u64,
    memRemaining: u64,
    fileTotal: u64,
    fileProcessed: u64,
    fileRemaining: u64,
  }),
);
