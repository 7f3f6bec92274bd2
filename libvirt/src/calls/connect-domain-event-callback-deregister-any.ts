import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int callbackID;
 * ret: void
 */
export const connectDomainEventCallbackDeregisterAny = remoteProcedure(
  'ConnectDomainEventCallbackDeregisterAny',
  317,
  struct({ callbackID: i32 }),
  nothing,
);
