import { remoteEvent } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { typedParameters } from '../wire/typed-parameter.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * int callbackID; remote_nonnull_domain dom; remote_typed_param params<64>;
 */
export const domainJobCompletedEvent = remoteEvent(
  'DomainEventCallbackJobCompleted',
  363,
  struct({ callbackID: i32, dom: domainRef, params: typedParameters(64) }),
);
