import { remoteProcedure } from '../packet/procedure.ts';
import { typedParameters } from '../wire/typed-parameter.ts';
import { opaque } from '../xdr/opaque.ts';
import { optional } from '../xdr/optional.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_typed_param params<64>; opaque cookie_in<4194304>; unsigned int flags;
 * ret: opaque cookie_out<4194304>; string *uri_out<>;
 */
export const domainMigratePrepare3Params = remoteProcedure(
  'DomainMigratePrepare3Params',
  303,
  struct({ params: typedParameters(64), cookieIn: opaque(4194304), flags: u32 }),
  struct({ cookieOut: opaque(4194304), uriOut: optional(text) }),
);
