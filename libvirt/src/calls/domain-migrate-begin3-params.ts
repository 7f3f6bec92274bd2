import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { typedParameters } from '../wire/typed-parameter.ts';
import { opaque } from '../xdr/opaque.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_domain dom; remote_typed_param params<64>; unsigned int flags;
 * ret: opaque cookie_out<4194304>; string xml<>;
 */
export const domainMigrateBegin3Params = remoteProcedure(
  'DomainMigrateBegin3Params',
  302,
  struct({ dom: domainRef, params: typedParameters(64), flags: u32 }),
  struct({ cookieOut: opaque(4194304), xml: text }),
);
