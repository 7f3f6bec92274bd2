import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string name<>;
 * ret: remote_nonnull_domain dom;
 */
export const domainLookupByName = remoteProcedure(
  'DomainLookupByName',
  23,
  struct({ name: text }),
  struct({ dom: domainRef }),
);
