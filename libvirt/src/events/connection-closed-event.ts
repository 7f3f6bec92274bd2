import { remoteEvent } from '../packet/procedure.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * int reason;
 */
export const connectionClosedEvent = remoteEvent(
  'ConnectEventConnectionClosed',
  362,
  struct({ reason: i32 }),
);
