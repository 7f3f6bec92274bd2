import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';

/**
 * args: void
 * ret: void
 */
export const connectRegisterCloseCallback = remoteProcedure(
  'ConnectRegisterCloseCallback',
  360,
  nothing,
  nothing,
);
