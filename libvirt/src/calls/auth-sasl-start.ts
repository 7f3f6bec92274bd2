import { remoteProcedure } from '../packet/procedure.ts';
import { chars } from '../xdr/chars.ts';
import { flag } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string mech<>; int nil; char data<65536>;
 * ret: int complete; int nil; char data<65536>;
 */
export const authSaslStart = remoteProcedure(
  'AuthSASLStart',
  68,
  struct({ mech: text, nil: flag, data: chars(65536) }),
  struct({ complete: flag, nil: flag, data: chars(65536) }),
);
