import {
  connectGetCapabilities,
  connectGetLibVersion,
  connectGetVersion,
  ErrorCode,
  LibvirtError,
  nodeGetCpuStats,
  nodeGetInfo,
  nodeGetMemoryStats,
} from '@evenkeel/libvirt';
import type { HostCapacity } from '../fleet/host.ts';
import { parseCapabilities } from './domain-xml.ts';
import type { HostClient } from './host-client.ts';
import type { HostConfig } from './host-config.ts';
import {
  nodeCpuShare,
  readNodeCpu,
  readNodeMemory,
  type NodeCpuReading,
  type NodeMemoryReading,
} from './node-load.ts';
import { isLively } from './read-turns.ts';

/** As libvirt counts: a million, a thousand, one. From libvirt 8.5 on a broken post-copy can be taken up again. */
const postCopySince = { libvirt: 8_005_000n, qemu: 2_006_000n };

export type NodeAnswer = { readonly cpu: NodeCpuReading | null; readonly memory: NodeMemoryReading | null };

/** A host itself, without its VMs: what it can give, and how much of that is in use. */
export class NodeWatch {
  capacity: HostCapacity | null = null;
  cpuModel: string | null = null;
  cpuFeatures: readonly string[] | undefined;
  postCopy = false;
  cpuShare: number | null = null;
  memory: NodeMemoryReading | null = null;
  #cpu: NodeCpuReading | null = null;
  #cpuAtMs = 0;
  #cpuShareBefore: number | null = null;
  /** How many numbers the host has to tell; null until the connection was asked. */
  #counts: { cpu: number; memory: number } | null = null;

  /** Whether this connection has told what does not change while it lasts. */
  get isKnown(): boolean {
    return this.#counts !== null;
  }

  /** The next connection may be to another daemon. */
  disconnected(): void {
    this.#counts = null;
  }

  /** Whether its CPUs are, or suddenly became, so busy that its VMs are to be watched closely. */
  isLively(allFromCpu: number): boolean {
    return isLively(this.#cpuShareBefore, this.cpuShare, allFromCpu);
  }

  reconfigure(config: HostConfig): void {
    if (this.capacity !== null) this.capacity = { ...this.capacity, ...configuredCapacity(config) };
  }

  /** What does not change while a connection lasts. */
  async readOnce(client: HostClient, config: () => HostConfig, timeoutMs: number): Promise<void> {
    const options = { timeoutMs };
    const info = await client.call(nodeGetInfo, undefined, options);
    const cpu = await orNothing(client.call(nodeGetCpuStats, { cpuNum: -1, nparams: 0, flags: 0 }, options));
    const memory = await orNothing(
      client.call(nodeGetMemoryStats, { cellNum: -1, nparams: 0, flags: 0 }, options),
    );
    const xml = await orNothing(client.call(connectGetCapabilities, undefined, options));
    const told = xml === null ? null : parseCapabilities(xml.capabilities);
    this.cpuModel = told?.cpuModel ?? null;
    this.cpuFeatures = told?.cpuFeatures;
    const libvirt = await orNothing(client.call(connectGetLibVersion, undefined, options));
    const qemu = await orNothing(client.call(connectGetVersion, undefined, options));
    this.postCopy =
      (libvirt?.libVer ?? 0n) >= postCopySince.libvirt && (qemu?.hvVer ?? 0n) >= postCopySince.qemu;
    this.capacity = {
      cpuCores: info.cpus,
      ...(info.mhz > 0 ? { cpuMhz: info.mhz } : {}),
      memBytes: Number(info.memory) * 1024,
      ...configuredCapacity(config()),
      ...(told === null || told.numaNodes.length === 0 ? {} : { numaNodes: told.numaNodes }),
    };
    this.#counts = { cpu: cpu?.nparams ?? 0, memory: memory?.nparams ?? 0 };
  }

  async read(client: HostClient, timeoutMs: number): Promise<NodeAnswer> {
    const [cpu, memory] = await Promise.all([
      this.#readCpu(client, timeoutMs),
      this.#readMemory(client, timeoutMs),
    ]);
    return { cpu, memory };
  }

  /** Takes an answer; memory that the host lost since the one before is told, as `[before, now]` in bytes. */
  take({ cpu, memory }: NodeAnswer, atMs: number, longestMs: number): readonly [number, number] | null {
    this.#cpuShareBefore = this.cpuShare;
    this.cpuShare = atMs - this.#cpuAtMs > longestMs ? null : nodeCpuShare(this.#cpu, cpu);
    this.#cpu = cpu;
    this.#cpuAtMs = atMs;
    const before = this.memory;
    this.memory = memory;
    if (memory === null) return null;
    if (this.capacity !== null && this.capacity.memBytes !== memory.totalBytes)
      this.capacity = { ...this.capacity, memBytes: memory.totalBytes };
    return before !== null && memory.totalBytes < before.totalBytes * 0.99
      ? [before.totalBytes, memory.totalBytes]
      : null;
  }

  async #readCpu(client: HostClient, timeoutMs: number): Promise<NodeCpuReading | null> {
    const nparams = this.#counts?.cpu;
    if (nparams === undefined || nparams === 0) return null;
    const { params } = await client.call(nodeGetCpuStats, { cpuNum: -1, nparams, flags: 0 }, { timeoutMs });
    return readNodeCpu(params);
  }

  async #readMemory(client: HostClient, timeoutMs: number): Promise<NodeMemoryReading | null> {
    const nparams = this.#counts?.memory;
    if (nparams === undefined || nparams === 0) return null;
    const { params } = await client.call(
      nodeGetMemoryStats,
      { nparams, cellNum: -1, flags: 0 },
      { timeoutMs },
    );
    return readNodeMemory(params);
  }
}

function configuredCapacity(
  config: HostConfig,
): Pick<HostCapacity, 'nicBitsPerSecond' | 'diskBytesPerSecond'> {
  const { nicMegabitsPerSecond: nic, diskMegabytesPerSecond: disk } = config;
  return {
    nicBitsPerSecond: nic === undefined ? null : nic * 1e6,
    diskBytesPerSecond: disk === undefined ? null : disk * 1e6,
  };
}

/** Older hosts and other drivers do not know every question. */
async function orNothing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (
      error instanceof LibvirtError &&
      (error.code === ErrorCode.notSupported || error.code === ErrorCode.remote)
    )
      return null;
    throw error;
  }
}
