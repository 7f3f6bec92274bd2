import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { opaque } from '../xdr/opaque.ts';
import { optional } from '../xdr/optional.ts';
import { u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_domain dom; string *xmlin<>; opaque cookie_in<4194304>; string *dconnuri<>; string *uri<>; unsigned hyper flags; string *dname<>; unsigned hyper resource;
 * ret: opaque cookie_out<4194304>;
 */
export const domainMigratePerform3 = remoteProcedure(
  'DomainMigratePerform3',
  216,
  struct({
    dom: domainRef,
    xmlin: optional(text),
    cookieIn: opaque(4194304),
    dconnuri: optional(text),
    uri: optional(text),
    flags: u64,
    dname: optional(text),
    resource: u64,
  }),
  struct({ cookieOut: opaque(4194304) }),
);
