import { remoteEvent } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * int callbackID; struct { remote_nonnull_domain dom; } msg;
 */
export const domainRebootEvent = remoteEvent(
  'DomainEventCallbackReboot',
  319,
  struct({ callbackID: i32, msg: struct({ dom: domainRef }) }),
);
