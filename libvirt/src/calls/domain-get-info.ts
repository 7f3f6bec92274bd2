import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom;
 * ret: unsigned char state; unsigned hyper maxMem; unsigned hyper memory; unsigned short nrVirtCpu; unsigned hyper cpuTime;
 */
export const domainGetInfo = remoteProcedure(
  'DomainGetInfo',
  16,
  struct({ dom: domainRef }),
  struct({ state: u32, maxMem: u64, memory: u64, nrVirtCpu: u32, cpuTime: u64 }),
);
