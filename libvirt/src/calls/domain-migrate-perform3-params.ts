import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { typedParameters } from '../wire/typed-parameter.ts';
import { opaque } from '../xdr/opaque.ts';
import { optional } from '../xdr/optional.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_domain dom; string *dconnuri<>; remote_typed_param params<64>; opaque cookie_in<4194304>; unsigned int flags;
 * ret: opaque cookie_out<4194304>;
 */
export const domainMigratePerform3Params = remoteProcedure(
  'DomainMigratePerform3Params',
  305,
  struct({
    dom: domainRef,
    dconnuri: optional(text),
    params: typedParameters(64),
    cookieIn: opaque(4194304),
    flags: u32,
  }),
  struct({ cookieOut: opaque(4194304) }),
);
