/** What act needs of the hosts. Every call fails with a `HostFailure`; none of them waits for ever but `migrate`. */
export type HypervisorPort = {
  /** Null: the host answered, and knows no such VM. */
  readonly find: (host: string, uuid: string) => Promise<DomainSeen | null>;
  readonly findByName: (host: string, name: string) => Promise<DomainSeen | null>;
  /** The VM's definition as a target would get it. */
  readonly definition: (host: string, uuid: string) => Promise<string>;
  /** `unknown`: the host cannot tell. */
  readonly compareCpu: (host: string, cpuXml: string) => Promise<'fits' | 'incompatible' | 'unknown'>;
  /**
   * Fails when the source's daemon cannot reach the target's, is not let in, or would refuse the VM at once (its disks,
   * its devices). Moves nothing.
   */
  readonly probeRoute: (from: string, to: string, uuid: string, copyDisks: boolean) => Promise<void>;
  /** Ends when the migration has ended, over a connection of its own. */
  readonly migrate: (order: MigrationOrder) => Promise<void>;
  readonly job: (host: string, uuid: string) => Promise<JobSeen | null>;
  /** The figures of the last migration, kept where the VM arrived. */
  readonly completedJob: (host: string, uuid: string) => Promise<JobSeen | null>;
  readonly abort: (host: string, uuid: string) => Promise<void>;
  readonly setDowntime: (host: string, uuid: string, milliseconds: number) => Promise<void>;
  readonly setBandwidth: (host: string, uuid: string, bytesPerSecond: number) => Promise<void>;
  readonly startPostCopy: (host: string, uuid: string) => Promise<void>;
  /** Ends what is active of a VM on a host: only for a half of which the whole runs elsewhere. */
  readonly discard: (host: string, uuid: string) => Promise<void>;
  /** Told of what happens to VMs on a host until the returned function is called. */
  readonly watch: (host: string, listener: (event: DomainTold) => void) => () => void;
};

export type DomainSeen = {
  readonly uuid: string;
  readonly name: string;
  readonly state: 'running' | 'paused' | 'shutoff' | 'crashed' | 'suspended' | 'unknown';
  /** While paused or running: whether post-copy is under way or broken. */
  readonly postCopy: 'no' | 'active' | 'failed';
  /** Paused by the migration itself, not by its owner. */
  readonly pausedByMigration: boolean;
  /** Runs since a migration brought it here, the last page included. */
  readonly arrived: boolean;
  /** Defined on this host, so that it would stay known there when it stops. */
  readonly persistent: boolean;
};

export type JobSeen = {
  readonly kind: 'none' | 'migration-out' | 'migration-in' | 'other';
  readonly milliseconds: number | null;
  readonly bytesTotal: number;
  readonly bytesProcessed: number;
  readonly bytesRemaining: number;
  readonly memoryTotal: number | null;
  readonly memoryProcessed: number | null;
  readonly bytesPerSecond: number | null;
  readonly dirtyBytesPerSecond: number | null;
  readonly iteration: number;
  readonly throttlePercent: number | null;
  readonly downtimeMilliseconds: number | null;
  readonly setupMilliseconds: number | null;
  readonly zeroBytes: number | null;
  readonly sentPagesBytes: number | null;
  readonly postCopyRequests: number | null;
};

export type MigrationOrder = {
  readonly from: string;
  readonly to: string;
  readonly uuid: string;
  readonly persistent: boolean;
  readonly tls: boolean;
  readonly autoConverge: boolean;
  readonly compression: boolean;
  readonly parallelConnections: number | null;
  readonly rdma: boolean;
  /** Makes a later switch to post-copy possible. */
  readonly postCopy: boolean;
  readonly copyDisks: boolean;
  readonly bandwidthBytesPerSecond: number | null;
  /** Take up a post-copy that broke. */
  readonly resume: boolean;
};

export type DomainTold =
  | { readonly kind: 'paused-for-migration'; readonly uuid: string }
  | { readonly kind: 'post-copy'; readonly uuid: string }
  | { readonly kind: 'post-copy-failed'; readonly uuid: string }
  | { readonly kind: 'stopped'; readonly uuid: string }
  | { readonly kind: 'iteration'; readonly uuid: string; readonly iteration: number }
  | { readonly kind: 'job-completed'; readonly uuid: string; readonly job: JobSeen }
  /** The watch was interrupted: look again. */
  | { readonly kind: 'connected' | 'disconnected' };

/** Why a call to a host failed. `unreachable`: it was never answered, so nothing is known of what came of it. */
export class HostFailure extends Error {
  override readonly name = 'HostFailure';
  readonly host: string;
  readonly unreachable: boolean;
  /** libvirt's number of the error, null when it is not libvirt that refused. */
  readonly libvirtCode: number | null;

  constructor(
    host: string,
    message: string,
    more: { unreachable: boolean; libvirtCode: number | null; cause?: unknown },
  ) {
    super(message, { cause: more.cause });
    this.host = host;
    this.unreachable = more.unreachable;
    this.libvirtCode = more.libvirtCode;
  }
}
