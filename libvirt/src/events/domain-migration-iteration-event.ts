import { remoteEvent } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * int callbackID; remote_nonnull_domain dom; int iteration;
 */
export const domainMigrationIterationEvent = remoteEvent(
  'DomainEventCallbackMigrationIteration',
  359,
  struct({ callbackID: i32, dom: domainRef, iteration: i32 }),
);
