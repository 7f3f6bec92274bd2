import { remoteProcedure } from '../packet/procedure.ts';
import { chars } from '../xdr/chars.ts';
import { flag } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int nil; char data<65536>;
 * ret: int complete; int nil; char data<65536>;
 */
export const authSaslStep = remoteProcedure(
  'AuthSASLStep',
  69,
  struct({ nil: flag, data: chars(65536) }),
  struct({ complete: flag, nil: flag, data: chars(65536) }),
);
