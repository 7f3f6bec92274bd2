import { remoteEvent } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { i32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * int callbackID; struct { remote_nonnull_domain dom; unsigned hyper actual; } msg;
 */
export const domainBalloonChangeEvent = remoteEvent(
  'DomainEventCallbackBalloonChange',
  331,
  struct({ callbackID: i32, msg: struct({ dom: domainRef, actual: u64 }) }),
);
