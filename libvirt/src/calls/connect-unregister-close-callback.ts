import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';

/**
 * args: void
 * ret: void
 */
export const connectUnregisterCloseCallback = remoteProcedure(
  'ConnectUnregisterCloseCallback',
  361,
  nothing,
  nothing,
);
