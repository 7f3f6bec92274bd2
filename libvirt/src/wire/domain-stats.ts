import { WireRecord } from '../xdr/wire-record.ts';
import type { DomainRef } from './domain-ref.ts';
import type { TypedParameter } from './typed-parameter.ts';

// Every property exists from the start, so that V8 gives all records of a class one shape; `undefined` says that the
// host did not report the field. Units are libvirt's: nanoseconds, KiB for balloon, bytes elsewhere.

export class StateStats {
  state: number | undefined = undefined;
  reason: number | undefined = undefined;
}

export class CpuStats extends WireRecord {
  time: bigint | undefined = undefined;
  user: bigint | undefined = undefined;
  system: bigint | undefined = undefined;
  cacheMonitorCount: number | undefined = undefined;
  haltpollSuccessTime: bigint | undefined = undefined;
  haltpollFailTime: bigint | undefined = undefined;
}

export class BalloonStats extends WireRecord {
  current: bigint | undefined = undefined;
  maximum: bigint | undefined = undefined;
  swapIn: bigint | undefined = undefined;
  swapOut: bigint | undefined = undefined;
  majorFault: bigint | undefined = undefined;
  minorFault: bigint | undefined = undefined;
  unused: bigint | undefined = undefined;
  available: bigint | undefined = undefined;
  usable: bigint | undefined = undefined;
  /** Seconds since the epoch at which the guest last reported. */
  lastUpdate: bigint | undefined = undefined;
  diskCaches: bigint | undefined = undefined;
  hugetlbPgalloc: bigint | undefined = undefined;
  hugetlbPgfail: bigint | undefined = undefined;
  rss: bigint | undefined = undefined;
}

export class VcpuStats extends WireRecord {
  readonly index: number;
  state: number | undefined = undefined;
  time: bigint | undefined = undefined;
  wait: bigint | undefined = undefined;
  halted: boolean | undefined = undefined;
  /** Time the vCPU was runnable but not running: what a guest sees as steal. */
  delay: bigint | undefined = undefined;

  constructor(index: number) {
    super();
    this.index = index;
  }
}

export class VcpuGroup {
  current: number | undefined = undefined;
  maximum: number | undefined = undefined;
  readonly list: VcpuStats[] = [];
}

export class TrafficStats extends WireRecord {
  bytes: bigint | undefined = undefined;
  pkts: bigint | undefined = undefined;
  errs: bigint | undefined = undefined;
  drop: bigint | undefined = undefined;
}

export class InterfaceStats {
  readonly index: number;
  name: string | undefined = undefined;
  readonly rx = new TrafficStats();
  readonly tx = new TrafficStats();

  constructor(index: number) {
    this.index = index;
  }
}

export class NetGroup {
  count: number | undefined = undefined;
  readonly list: InterfaceStats[] = [];
}

export class TransferStats extends WireRecord {
  reqs: bigint | undefined = undefined;
  bytes: bigint | undefined = undefined;
  times: bigint | undefined = undefined;
}

export class FlushStats extends WireRecord {
  reqs: bigint | undefined = undefined;
  times: bigint | undefined = undefined;
}

export class BlockStats extends WireRecord {
  readonly index: number;
  name: string | undefined = undefined;
  path: string | undefined = undefined;
  backingIndex: number | undefined = undefined;
  readonly rd = new TransferStats();
  readonly wr = new TransferStats();
  readonly fl = new FlushStats();
  errors: bigint | undefined = undefined;
  allocation: bigint | undefined = undefined;
  capacity: bigint | undefined = undefined;
  physical: bigint | undefined = undefined;
  threshold: bigint | undefined = undefined;

  constructor(index: number) {
    super();
    this.index = index;
  }
}

export class BlockGroup {
  count: number | undefined = undefined;
  readonly list: BlockStats[] = [];
}

export class IothreadStats extends WireRecord {
  /** The id of the thread, not a position. */
  readonly index: number;
  pollMaxNs: bigint | undefined = undefined;
  pollGrow: number | undefined = undefined;
  pollShrink: number | undefined = undefined;

  constructor(index: number) {
    super();
    this.index = index;
  }
}

export class IothreadGroup {
  count: number | undefined = undefined;
  readonly list: IothreadStats[] = [];
}

export class DirtyRateStats extends WireRecord {
  /** 0 unstarted, 1 measuring, 2 measured. */
  calcStatus: number | undefined = undefined;
  calcStartTime: bigint | undefined = undefined;
  calcPeriod: number | undefined = undefined;
  calcMode: string | undefined = undefined;
  megabytesPerSecond: bigint | undefined = undefined;
}

/** What one domain reports of itself; a group that was not asked for, or not answered, is `undefined`. */
export class DomainStats {
  readonly domain: DomainRef;
  state: StateStats | undefined = undefined;
  cpu: CpuStats | undefined = undefined;
  balloon: BalloonStats | undefined = undefined;
  vcpu: VcpuGroup | undefined = undefined;
  net: NetGroup | undefined = undefined;
  block: BlockGroup | undefined = undefined;
  iothread: IothreadGroup | undefined = undefined;
  dirtyRate: DirtyRateStats | undefined = undefined;
  /** Fields that have no place above, as they came: the `perf`, `memory` and `vm` groups, and what newer hosts add. */
  readonly other: TypedParameter[] = [];

  constructor(domain: DomainRef) {
    this.domain = domain;
  }
}
