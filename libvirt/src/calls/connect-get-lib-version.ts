import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: void
 * ret: unsigned hyper lib_ver;
 */
export const connectGetLibVersion = remoteProcedure(
  'ConnectGetLibVersion',
  157,
  nothing,
  struct({ libVer: u64 }),
);
