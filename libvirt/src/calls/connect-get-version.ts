import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: void
 * ret: unsigned hyper hv_ver;
 */
export const connectGetVersion = remoteProcedure('ConnectGetVersion', 4, nothing, struct({ hvVer: u64 }));
