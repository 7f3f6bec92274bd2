import { remoteProcedure } from '../packet/procedure.ts';
import { opaque } from '../xdr/opaque.ts';
import { flag, i32, u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int need_map; int need_online; unsigned int flags;
 * ret: opaque cpumap<2048>; unsigned int online; int ret;
 */
export const nodeGetCpuMap = remoteProcedure(
  'NodeGetCPUMap',
  293,
  struct({ needMap: flag, needOnline: flag, flags: u32 }),
  struct({ cpumap: opaque(2048), online: u32, ret: i32 }),
);
