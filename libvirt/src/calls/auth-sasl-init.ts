import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: void
 * ret: string mechlist<>;
 */
export const authSaslInit = remoteProcedure('AuthSASLInit', 67, nothing, struct({ mechlist: text }));
