import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: void
 * ret: unsigned hyper freeMem;
 */
export const nodeGetFreeMemory = remoteProcedure('NodeGetFreeMemory', 102, nothing, struct({ freeMem: u64 }));
