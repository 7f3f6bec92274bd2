import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { flag } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: void
 * ret: int complete;
 */
export const authPolkit = remoteProcedure('AuthPolkit', 70, nothing, struct({ complete: flag }));
