import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: void
 * ret: string uri<>;
 */
export const connectGetUri = remoteProcedure('ConnectGetURI', 110, nothing, struct({ uri: text }));
