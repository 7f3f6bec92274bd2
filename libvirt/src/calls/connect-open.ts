import { remoteProcedure } from '../packet/procedure.ts';
import { nothing } from '../xdr/nothing.ts';
import { optional } from '../xdr/optional.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string *name<>; unsigned int flags;
 * ret: void
 */
export const connectOpen = remoteProcedure(
  'ConnectOpen',
  1,
  struct({ name: optional(text), flags: u32 }),
  nothing,
);
