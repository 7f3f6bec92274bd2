import { nodeGetCpuStats } from '../calls/node-get-cpu-stats.ts';
import { nodeGetMemoryStats } from '../calls/node-get-memory-stats.ts';
import type { NodeParameter } from '../wire/node-parameter.ts';
import { WireRecord } from '../xdr/wire-record.ts';
import type { Caller } from './caller.ts';

/** Nanoseconds since boot, over all CPUs or of one; `undefined`: not reported. */
export interface NodeCpuStats {
  readonly kernel: bigint | undefined;
  readonly user: bigint | undefined;
  readonly idle: bigint | undefined;
  readonly iowait: bigint | undefined;
  readonly intr: bigint | undefined;
}

/** KiB, of the whole host or of one NUMA cell; `undefined`: not reported. */
export interface NodeMemoryStats {
  readonly total: bigint | undefined;
  readonly free: bigint | undefined;
  readonly buffers: bigint | undefined;
  readonly cached: bigint | undefined;
}

const ALL = -1;

/** `cpu` -1: all CPUs together. */
export async function readNodeCpuStats(caller: Caller, cpu = ALL): Promise<NodeCpuStats> {
  // Asked for none, the host says how many there are; asked for another number, it refuses.
  const { nparams } = await caller.call(nodeGetCpuStats, { cpuNum: cpu, nparams: 0, flags: 0 });
  const { params } = await caller.call(nodeGetCpuStats, { cpuNum: cpu, nparams, flags: 0 });
  return pick(params, ['kernel', 'user', 'idle', 'iowait', 'intr']);
}

/** `cell` -1: all NUMA cells together. */
export async function readNodeMemoryStats(caller: Caller, cell = ALL): Promise<NodeMemoryStats> {
  const { nparams } = await caller.call(nodeGetMemoryStats, { nparams: 0, cellNum: cell, flags: 0 });
  const { params } = await caller.call(nodeGetMemoryStats, { nparams, cellNum: cell, flags: 0 });
  return pick(params, ['total', 'free', 'buffers', 'cached']);
}

function pick<K extends string>(
  params: readonly NodeParameter[],
  names: readonly K[],
): Record<K, bigint | undefined> {
  const record = new WireRecord() as unknown as Record<K, bigint | undefined>;
  for (const name of names) record[name] = params.find((param) => param.field === name)?.value;
  return record;
}
