import { qemuEvent } from '../packet/procedure.ts';
import { domainRef } from '../wire/domain-ref.ts';
import { optional } from '../xdr/optional.ts';
import { i32, i64, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * int callbackID; remote_nonnull_domain dom; string event<>; hyper seconds; unsigned int micros; string *details<>;
 */
export const qemuMonitorEvent = qemuEvent(
  'QemuMonitorEvent',
  6,
  struct({
    callbackID: i32,
    dom: domainRef,
    event: text,
    seconds: i64,
    micros: u32,
    details: optional(text),
  }),
);
