import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { struct } from '../xdr/struct.ts';
import { uuid } from '../xdr/uuid.ts';

/**
 * args: opaque uuid[16];
 * ret: remote_nonnull_domain dom;
 */
export const domainLookupByUuid = remoteProcedure(
  'DomainLookupByUUID',
  24,
  struct({ uuid }),
  struct({ dom: domainRef }),
);
