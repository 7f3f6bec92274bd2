import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: void
 * ret: string hostname<>;
 */
export const connectGetHostname = remoteProcedure(
  'ConnectGetHostname',
  59,
  nothing,
  struct({ hostname: text }),
);
