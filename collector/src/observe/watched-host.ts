import type { Source } from '../fleet/freshness.ts';
import type { HostCapacity } from '../fleet/host.ts';
import type { HostConfig } from './host-config.ts';
import type { NodeMemoryReading } from './node-load.ts';
import type { ReadTurns } from './read-turns.ts';
import type { TroubleBook } from './trouble-book.ts';
import type { WatchedVm } from './watched-vm.ts';

export type PollingOptions = {
  readonly intervalMs: number;
  readonly deadlineMs: number;
  /** Absent: every poll asks everything. */
  readonly turns?: ReadTurns;
  /** Path prefixes that every host sees. */
  readonly sharedStorage: readonly string[];
  readonly dirtyRate: {
    readonly enabled: boolean;
    readonly everyMs: number;
    readonly sampleSeconds: number;
    readonly perHost: number;
  };
};

/** What observing a host cost, since it began. */
export type PollCost = { polls: number; errors: number; late: number; pollSeconds: number | null };

/** What is known of a host, wherever it comes from. */
export interface WatchedHost {
  readonly source: Source;
  readonly config: HostConfig;
  readonly vms: ReadonlyMap<string, WatchedVm>;
  readonly troubles: TroubleBook;
  readonly cost: PollCost;
  /** Null until the host has told. */
  readonly capacity: HostCapacity | null;
  readonly cpuModel: string | null;
  readonly cpuFeatures: readonly string[] | undefined;
  /** Its libvirt and its QEMU can, and can take a broken one up again. */
  readonly postCopy: boolean;
  /** 0..1 of all its CPUs. */
  readonly cpuShare: number | null;
  readonly memory: NodeMemoryReading | null;
  /** Its last good answer, by a clock that does not jump. */
  readonly sampledMs: number | null;
  start(): void;
  stop(): void;
}
