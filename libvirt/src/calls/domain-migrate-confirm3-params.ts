import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { typedParameters } from '../wire/typed-parameter.ts';
import { nothing } from '../xdr/nothing.ts';
import { opaque } from '../xdr/opaque.ts';
import { flag, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; remote_typed_param params<64>; opaque cookie_in<4194304>; unsigned int flags; int cancelled;
 * ret: void
 */
export const domainMigrateConfirm3Params = remoteProcedure(
  'DomainMigrateConfirm3Params',
  307,
  struct({
    dom: domainRef,
    params: typedParameters(64),
    cookieIn: opaque(4194304),
    flags: u32,
    cancelled: flag,
  }),
  nothing,
);
