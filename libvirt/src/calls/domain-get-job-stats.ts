import { remoteProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { typedParameters } from '../wire/typed-parameter.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_domain dom; unsigned int flags;
 * ret: int type; remote_typed_param params<64>;
 */
export const domainGetJobStats = remoteProcedure(
  'DomainGetJobStats',
  298,
  struct({ dom: domainRef, flags: u32 }),
  struct({ type: i32, params: typedParameters(64) }),
);
