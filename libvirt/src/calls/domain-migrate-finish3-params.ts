import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { typedParameters } from '../wire/typed-parameter.ts';
import { opaque } from '../xdr/opaque.ts';
import { flag, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_typed_param params<64>; opaque cookie_in<4194304>; unsigned int flags; int cancelled;
 * ret: remote_nonnull_domain dom; opaque cookie_out<4194304>;
 */
export const domainMigrateFinish3Params = remoteProcedure(
  'DomainMigrateFinish3Params',
  306,
  struct({ params: typedParameters(64), cookieIn: opaque(4194304), flags: u32, cancelled: flag }),
  struct({ dom: domainRef, cookieOut: opaque(4194304) }),
);
