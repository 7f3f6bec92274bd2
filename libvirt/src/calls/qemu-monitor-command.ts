import { qemuProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_domain dom; string cmd<>; unsigned int flags;
 * ret: string result<>;
 */
export const qemuMonitorCommand = qemuProcedure(
  'QemuMonitorCommand',
  1,
  struct({ dom: domainRef, cmd: text, flags: u32 }),
  struct({ result: text }),
);
