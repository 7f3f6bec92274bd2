import { remoteProcedure } from '../packet/procedure.ts';
import { nodeParameter } from '../wire/node-parameter.ts';
import { list } from '../xdr/list.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int nparams; int cellNum; unsigned int flags;
 * ret: struct { string field<>; unsigned hyper value; } params<16>; int nparams;
 */
export const nodeGetMemoryStats = remoteProcedure(
  'NodeGetMemoryStats',
  228,
  struct({ nparams: i32, cellNum: i32, flags: u32 }),
  struct({ params: list(nodeParameter, 16), nparams: i32 }),
);
