import { qemuProcedure } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { optional } from '../xdr/optional.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_domain *dom; string *event<>; unsigned int flags;
 * ret: int callbackID;
 */
export const qemuMonitorEventRegister = qemuProcedure(
  'QemuMonitorEventRegister',
  4,
  struct({ dom: optional(domainRef), event: optional(text), flags: u32 }),
  struct({ callbackID: i32 }),
);
