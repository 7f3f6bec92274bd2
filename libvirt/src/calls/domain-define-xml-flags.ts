import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string xml<>; unsigned int flags;
 * ret: remote_nonnull_domain dom;
 */
export const domainDefineXmlFlags = remoteProcedure(
  'DomainDefineXMLFlags',
  350,
  struct({ xml: text, flags: u32 }),
  struct({ dom: domainRef }),
);
