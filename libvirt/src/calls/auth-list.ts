import { remoteProcedure } from '../packet/procedure.ts';
import { list } from '../xdr/list.ts';
import { nothing } from '../xdr/nothing.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: void
 * ret: int types<20>;
 */
export const authList = remoteProcedure('AuthList', 66, nothing, struct({ types: list(i32, 20) }));
