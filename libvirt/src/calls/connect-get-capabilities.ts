import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: void
 * ret: string capabilities<>;
 */
export const connectGetCapabilities = remoteProcedure(
  'ConnectGetCapabilities',
  7,
  nothing,
  struct({ capabilities: text }),
);
