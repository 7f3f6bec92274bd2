import { remoteProcedure } from '../packet/procedure.ts';
import { list } from '../xdr/list.ts';
import { i32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int startCell; int maxcells;
 * ret: unsigned hyper cells<1024>;
 */
export const nodeGetCellsFreeMemory = remoteProcedure(
  'NodeGetCellsFreeMemory',
  101,
  struct({ startCell: i32, maxcells: i32 }),
  struct({ cells: list(u64, 1024) }),
);
