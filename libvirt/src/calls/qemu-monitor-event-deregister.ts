import { qemuProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int callbackID;
 * ret: void
 */
export const qemuMonitorEventDeregister = qemuProcedure(
  'QemuMonitorEventDeregister',
  5,
  struct({ callbackID: i32 }),
  nothing,
);
