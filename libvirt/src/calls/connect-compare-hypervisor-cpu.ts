import { remoteProcedure } from '../packet/procedure.ts';
import { optional } from '../xdr/optional.ts';
import { i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string *emulator<>; string *arch<>; string *machine<>; string *virttype<>; string xmlCPU<>; unsigned int flags;
 * ret: int result;
 */
export const connectCompareHypervisorCpu = remoteProcedure(
  'ConnectCompareHypervisorCPU',
  393,
  struct({
    emulator: optional(text),
    arch: optional(text),
    machine: optional(text),
    virttype: optional(text),
    xmlCPU: text,
    flags: u32,
  }),
  struct({ result: i32 }),
);
