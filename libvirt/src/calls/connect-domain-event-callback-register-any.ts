import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { optional } from '../xdr/optional.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int eventID; remote_nonnull_domain *dom;
 * ret: int callbackID;
 */
export const connectDomainEventCallbackRegisterAny = remoteProcedure(
  'ConnectDomainEventCallbackRegisterAny',
  316,
  struct({ eventID: i32, dom: optional(domainRef) }),
  struct({ callbackID: i32 }),
);
