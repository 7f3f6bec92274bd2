import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int flags;
 * ret: string xml<>;
 */
export const domainGetXmlDesc = remoteProcedure(
  'DomainGetXMLDesc',
  14,
  struct({ dom: domainRef, flags: u32 }),
  struct({ xml: text }),
);
