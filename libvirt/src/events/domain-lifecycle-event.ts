import { remoteEvent } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * int callbackID; struct { remote_nonnull_domain dom; int event; int detail; } msg;
 */
export const domainLifecycleEvent = remoteEvent(
  'DomainEventCallbackLifecycle',
  318,
  struct({ callbackID: i32, msg: struct({ dom: domainRef, event: i32, detail: i32 }) }),
);
