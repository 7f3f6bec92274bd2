import type { NodeParameter } from '@evenkeel/libvirt';

/** Seconds since the host started, over all its CPUs. */
export type NodeCpuReading = { readonly busy: number; readonly idle: number };

export function readNodeCpu(params: readonly NodeParameter[]): NodeCpuReading | null {
  let busy = 0;
  let idle = 0;
  for (const { field, value } of params) {
    const seconds = Number(value) / 1e9;
    if (field === 'idle' || field === 'iowait') idle += seconds;
    else if (['kernel', 'user', 'intr'].includes(field)) busy += seconds;
  }
  return busy + idle === 0 ? null : { busy, idle };
}

/** Share of the host's CPUs that was busy; null after a reboot or when time did not pass. */
export function nodeCpuShare(before: NodeCpuReading | null, now: NodeCpuReading | null): number | null {
  if (before === null || now === null) return null;
  const busy = now.busy - before.busy;
  const idle = now.idle - before.idle;
  // Idle time may run back by a tick on Linux; more than that is a reboot.
  if (busy < 0 || idle < -1 || busy + Math.max(0, idle) <= 0) return null;
  return busy / (busy + Math.max(0, idle));
}

export type NodeMemoryReading = { readonly totalBytes: number; readonly usedBytes: number };

/** Buffers and cache are the kernel's to give back: not used. */
export function readNodeMemory(params: readonly NodeParameter[]): NodeMemoryReading | null {
  const bytes = new Map(params.map(({ field, value }) => [field, Number(value) * 1024]));
  const total = bytes.get('total');
  const free = bytes.get('free');
  if (total === undefined || free === undefined || total === 0) return null;
  const used = total - free - (bytes.get('buffers') ?? 0) - (bytes.get('cached') ?? 0);
  return { totalBytes: total, usedBytes: Math.max(0, used) };
}
