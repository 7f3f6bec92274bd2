import { remoteProcedure } from '../packet/procedure.ts';
import { nodeParameter } from '../wire/node-parameter.ts';
import { list } from '../xdr/list.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int cpuNum; int nparams; unsigned int flags;
 * ret: struct { string field<>; unsigned hyper value; } params<16>; int nparams;
 */
export const nodeGetCpuStats = remoteProcedure(
  'NodeGetCPUStats',
  227,
  struct({ cpuNum: i32, nparams: i32, flags: u32 }),
  struct({ params: list(nodeParameter, 16), nparams: i32 }),
);
