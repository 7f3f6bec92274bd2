import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';

/**
 * args: void
 * ret: void
 */
export const connectClose = remoteProcedure('ConnectClose', 2, nothing, nothing);
