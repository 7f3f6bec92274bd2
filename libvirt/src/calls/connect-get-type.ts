import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: void
 * ret: string type<>;
 */
export const connectGetType = remoteProcedure('ConnectGetType', 3, nothing, struct({ type: text }));
