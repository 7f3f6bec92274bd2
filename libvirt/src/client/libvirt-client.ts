import { connectListAllDomains } from '../calls/connect-list-all-domains.ts';
import { domainGetJobStats } from '../calls/domain-get-job-stats.ts';
import type { CallOptions, Connection } from '../connection/connection.ts';
import { PersistentConnection } from '../connection/persistent-connection.ts';
import type { LibvirtError } from '../errors/libvirt-error.ts';
import type { Procedure } from '../packet/procedure.ts';
import { type ConnectUri, parseConnectUri } from '../uri/connect-uri.ts';
import type { DomainRef } from '../wire/domain-ref.ts';
import type { DomainStats } from '../wire/domain-stats.ts';
import { jobStats, type JobStats } from '../wire/job-stats.ts';
import type { Caller } from './caller.ts';
import { type DomainEventKind, eventSources } from './domain-event.ts';
import { type AnyEvent, EventHub } from './event-hub.ts';
import type { EventStream } from './event-stream.ts';
import { migrateDomain, type MigrateOptions } from './migrate-domain.ts';
import { openConnection, type OpenOptions } from './open-connection.ts';
import { type DomainStatsOptions, readDomainStats } from './read-domain-stats.ts';
import {
  type NodeCpuStats,
  type NodeMemoryStats,
  readNodeCpuStats,
  readNodeMemoryStats,
} from './read-node-stats.ts';

export interface ClientOptions extends OpenOptions {
  /** Pauses between attempts to come back after the connection was lost; they double from first to max. */
  readonly reconnect?: { readonly firstMs: number; readonly maxMs: number };
  /** Numbers from 0 to below 1 that spread those pauses. */
  readonly random?: () => number;
  /** Told of each attempt to come back that failed. */
  readonly onRetryFailed?: (error: LibvirtError, nextInMs: number) => void;
}

export interface EventOptions {
  /** By default all kinds. */
  readonly kinds?: readonly DomainEventKind[];
  /** Events kept for a listener that is behind. */
  readonly limit?: number;
}

const allKinds = eventSources.map((source) => source.kind);
const EVENTS_KEPT = 10_000;
const JOB_COMPLETED = 1;
const KEEP_COMPLETED = 2;

/** A libvirt host. Comes back by itself when the connection is lost; meanwhile calls fail at once (`LV_CLOSED`). */
export class LibvirtClient implements Caller {
  readonly uri: ConnectUri;
  readonly #options: ClientOptions;
  readonly #events = new EventHub();
  readonly #connection: PersistentConnection;
  readonly #closing = new AbortController();

  /** Throws `LV_BAD_URI`. Nothing is opened yet. */
  constructor(uri: string, options: ClientOptions = {}) {
    this.uri = parseConnectUri(uri);
    this.#options = options;
    this.#connection = new PersistentConnection({
      firstMs: options.reconnect?.firstMs ?? 500,
      maxMs: options.reconnect?.maxMs ?? 30_000,
      random: options.random ?? Math.random,
      open: (signal) => openConnection(this.uri, options, signal),
      onOpened: (connection) => this.#events.attach(connection),
      onReady: () => {
        this.#events.announce();
      },
      onLost: (reason) => {
        this.#events.detach(reason);
      },
      onRetryFailed: (error, nextInMs) => options.onRetryFailed?.(error, nextInMs),
    });
  }

  /** A client whose first connection stands; fails if it does not. */
  static async connect(uri: string, options: ClientOptions = {}): Promise<LibvirtClient> {
    const client = new LibvirtClient(uri, options);
    await client.#connection.open();
    return client;
  }

  /** Keeps trying until the host is there; `events()` tells when it is. */
  connectInBackground(): void {
    this.#connection.openInBackground();
  }

  get isConnected(): boolean {
    return this.#connection.isOpen;
  }

  /** Any call of the protocol: `client.call(domainGetState, { dom, flags: 0 })`. */
  call<Args, Ret>(procedure: Procedure<Args, Ret>, args: Args, options?: CallOptions): Promise<Ret> {
    return this.#connection.call(procedure, args, options);
  }

  /** What happens on the host, from now on and over reconnections, until the stream or the client is closed. */
  events(options: EventOptions = {}): Promise<EventStream<AnyEvent>> {
    return this.#events.subscribe(options.kinds ?? allKinds, options.limit ?? EVENTS_KEPT);
  }

  /** `filter`: sum of `DomainFilter`; 0 lists all. */
  async listDomains(filter = 0, options?: CallOptions): Promise<readonly DomainRef[]> {
    return (await this.call(connectListAllDomains, { needResults: true, flags: filter }, options)).domains;
  }

  domainStats(options?: DomainStatsOptions): Promise<readonly DomainStats[]> {
    return readDomainStats(this, options);
  }

  nodeCpuStats(cpu?: number): Promise<NodeCpuStats> {
    return readNodeCpuStats(this, cpu);
  }

  nodeMemoryStats(cell?: number): Promise<NodeMemoryStats> {
    return readNodeMemoryStats(this, cell);
  }

  /** The job that runs on a domain now. */
  async jobStats(dom: DomainRef, options?: CallOptions): Promise<JobStats> {
    const { type, params } = await this.call(domainGetJobStats, { dom, flags: 0 }, options);
    return jobStats(type, params);
  }

  /** The figures of the last job; after a migration they are at the destination. Read once, unless kept. */
  async completedJobStats(dom: DomainRef, keep = false, options?: CallOptions): Promise<JobStats> {
    const flags = keep ? JOB_COMPLETED | KEEP_COMPLETED : JOB_COMPLETED;
    const { type, params } = await this.call(domainGetJobStats, { dom, flags }, options);
    return jobStats(type, params);
  }

  /** Moves a domain and ends when it has ended, over a connection of its own; see `migrateDomain`. */
  async migrate(dom: DomainRef, options: MigrateOptions): Promise<void> {
    const connection = await this.openConnection();
    try {
      await migrateDomain(connection, dom, options);
    } finally {
      connection.close();
    }
  }

  /** One more connection to the same host, which does not come back by itself and is the caller's to close. */
  async openConnection(): Promise<Connection> {
    const connection = await openConnection(this.uri, this.#options, this.#closing.signal);
    const close = (): void => {
      connection.close();
    };
    this.#closing.signal.addEventListener('abort', close, { once: true });
    void connection.closed.then(() => {
      this.#closing.signal.removeEventListener('abort', close);
    });
    return connection;
  }

  /** Ends everything: connections, pending calls, event streams (after what they still hold). */
  close(): void {
    this.#closing.abort();
    this.#connection.close();
    this.#events.closeAll();
  }
}
