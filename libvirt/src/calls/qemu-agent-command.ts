import { qemuProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { optional } from '../xdr/optional.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_domain dom; string cmd<>; int timeout; unsigned int flags;
 * ret: string *result<>;
 */
export const qemuAgentCommand = qemuProcedure(
  'QemuAgentCommand',
  3,
  struct({ dom: domainRef, cmd: text, timeout: i32, flags: u32 }),
  struct({ result: optional(text) }),
);
