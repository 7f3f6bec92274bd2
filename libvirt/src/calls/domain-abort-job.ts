import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { nothing } from '../xdr/nothing.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom;
 * ret: void
 */
export const domainAbortJob = remoteProcedure('DomainAbortJob', 164, struct({ dom: domainRef }), nothing);
