import { remoteProcedure } from '../packet/procedure.ts';
import { optional } from '../xdr/optional.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string *emulatorbin<>; string *arch<>; string *machine<>; string *virttype<>; unsigned int flags;
 * ret: string capabilities<>;
 */
export const connectGetDomainCapabilities = remoteProcedure(
  'ConnectGetDomainCapabilities',
  342,
  struct({
    emulatorbin: optional(text),
    arch: optional(text),
    machine: optional(text),
    virttype: optional(text),
    flags: u32,
  }),
  struct({ capabilities: text }),
);
