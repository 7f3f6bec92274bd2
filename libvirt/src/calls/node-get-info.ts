import { remoteProcedure } from '../packet/procedure.ts';
import { charField } from '../xdr/chars.ts';
import { nothing } from '../xdr/nothing.ts';
import { i32, u64 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: void
 * ret: char model[32]; unsigned hyper memory; int cpus; int mhz; int nodes; int sockets; int cores; int threads;
 */
export const nodeGetInfo = remoteProcedure(
  'NodeGetInfo',
  6,
  nothing,
  struct({
    model: charField(32),
    memory: u64,
    cpus: i32,
    mhz: i32,
    nodes: i32,
    sockets: i32,
    cores: i32,
    threads: i32,
  }),
);
