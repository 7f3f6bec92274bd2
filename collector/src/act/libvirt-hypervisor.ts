import { setTimeout } from 'node:timers/promises';
import {
  connectCompareHypervisorCpu,
  domainAbortJob,
  domainDestroyFlags,
  type DomainEvent,
  domainGetState,
  domainGetXmlDesc,
  domainLookupByName,
  domainLookupByUuid,
  domainMigrateSetMaxDowntime,
  domainMigrateSetMaxSpeed,
  domainMigrateStartPostCopy,
  type DomainRef,
  DomainState,
  JobOperation,
  type JobStats,
  JobType,
  LibvirtClient,
  LibvirtError,
  LibvirtErrorNumber,
  Lifecycle,
  MigrateFlag,
} from '@evenkeel/libvirt';
import {
  HostFailure,
  type DomainSeen,
  type DomainTold,
  type HypervisorPort,
  type JobSeen,
  type MigrationOrder,
} from './hypervisor-port.ts';

export type HostAddress = {
  /** How the collector reaches the host's daemon. */
  readonly uri: string;
  /** How other hosts reach it; often another network, and their own credentials. */
  readonly migrationUri: string;
  /** Where QEMU's own stream shall go when the host's name does not resolve on the others, e.g. `tcp://10.0.0.7`. */
  readonly dataUri: string | null;
};

export type LibvirtHypervisor = HypervisorPort & { readonly close: () => void };

const callTimeoutMs = 15_000;
const probeTimeoutMs = 20_000;
/** A host that restarted its daemon is back in a moment; a question waits that long before it calls it silent. */
const reconnect = { firstMs: 100, maxMs: 1000 };
const reconnectPatienceMs = 2000;
const lookAgainMs = 50;
const mebibyte = 2 ** 20;
/** virDomainXMLFlags */
const migratableXml = 8;
/** virDomainPausedReason and virDomainRunningReason */
const pausedReason = { migration: 2, postCopy: 12, postCopyFailed: 13 };
const runningReason = { migrated: 3, postCopy: 10, postCopyFailed: 11 };
/** virDomainEventSuspendedDetailType, ...ResumedDetailType */
const suspendedDetail = { migrated: 1, postCopy: 7, postCopyFailed: 8 };
const cpuIncompatible = 0;

const states: Readonly<Record<number, DomainSeen['state']>> = {
  [DomainState.running]: 'running',
  [DomainState.blocked]: 'running',
  [DomainState.paused]: 'paused',
  [DomainState.shutdown]: 'running',
  [DomainState.shutoff]: 'shutoff',
  [DomainState.crashed]: 'crashed',
  [DomainState.pmSuspended]: 'suspended',
};

/**
 * The hosts over libvirt. One client per host serves control, events and questions; each migration's long call has a
 * connection of its own, so that neither ever waits for the other.
 */
export const libvirtHypervisor = (addressOf: (host: string) => HostAddress | null): LibvirtHypervisor => {
  const clients = new Map<string, { readonly uri: string; readonly client: Promise<LibvirtClient> }>();

  const address = (host: string): HostAddress => {
    const known = addressOf(host);
    if (known === null)
      throw new HostFailure(host, `no host "${host}" is configured`, {
        unreachable: true,
        libvirtCode: null,
      });
    return known;
  };
  const connected = (host: string): Promise<LibvirtClient> => {
    const { uri } = address(host);
    const known = clients.get(host);
    if (known?.uri === uri) return known.client;
    const client = LibvirtClient.connect(uri, { callTimeoutMs, reconnect });
    clients.set(host, { uri, client });
    // A client whose first connection failed does not try again by itself.
    client.catch(() => {
      if (clients.get(host)?.client === client) clients.delete(host);
    });
    return client;
  };
  const ask = async <T>(host: string, question: (client: LibvirtClient) => Promise<T>): Promise<T> => {
    try {
      const client = await connected(host);
      for (let waited = 0; !client.isConnected && waited < reconnectPatienceMs; waited += lookAgainMs)
        await setTimeout(lookAgainMs);
      return await question(client);
    } catch (error) {
      throw hostFailure(host, error);
    }
  };
  const withDomain = <T>(
    host: string,
    uuid: string,
    work: (client: LibvirtClient, dom: DomainRef) => Promise<T>,
  ): Promise<T> =>
    ask(host, async (client) => {
      const { dom } = await client.call(domainLookupByUuid, { uuid });
      return work(client, dom);
    });
  const orNull = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof HostFailure && error.libvirtCode === LibvirtErrorNumber.noDomain) return null;
      throw error;
    }
  };
  const seen = async (client: LibvirtClient, dom: DomainRef): Promise<DomainSeen> => {
    const { state, reason } = await client.call(domainGetState, { dom, flags: 0 });
    const paused = state === DomainState.paused;
    const running = state === DomainState.running;
    const failed =
      (paused && reason === pausedReason.postCopyFailed) ||
      (running && reason === runningReason.postCopyFailed);
    const active =
      (paused && reason === pausedReason.postCopy) || (running && reason === runningReason.postCopy);
    return {
      uuid: dom.uuid,
      name: dom.name,
      state: states[state] ?? 'unknown',
      postCopy: failed ? 'failed' : active ? 'active' : 'no',
      pausedByMigration: paused && (reason === pausedReason.migration || active || failed),
      arrived: running && reason === runningReason.migrated,
      persistent: await isPersistent(client, dom),
    };
  };

  return {
    find: (host, uuid) => orNull(withDomain(host, uuid, seen)),
    findByName: (host, name) =>
      orNull(
        ask(host, async (client) => {
          const { dom } = await client.call(domainLookupByName, { name });
          return seen(client, dom);
        }),
      ),
    definition: (host, uuid) =>
      withDomain(
        host,
        uuid,
        async (client, dom) => (await client.call(domainGetXmlDesc, { dom, flags: migratableXml })).xml,
      ),
    compareCpu: async (host, cpuXml) => {
      try {
        const { result } = await ask(host, (client) =>
          client.call(connectCompareHypervisorCpu, {
            emulator: null,
            arch: null,
            machine: null,
            virttype: null,
            xmlCPU: cpuXml,
            flags: 0,
          }),
        );
        return result === cpuIncompatible ? 'incompatible' : result > cpuIncompatible ? 'fits' : 'unknown';
      } catch (error) {
        if (error instanceof HostFailure && !error.unreachable) {
          return error.libvirtCode === LibvirtErrorNumber.cpuIncompatible ? 'incompatible' : 'unknown';
        }
        throw error;
      }
    },
    probeRoute: async (from, to, uuid, copyDisks) => {
      const definition = await withDomain(
        from,
        uuid,
        async (client, dom) => (await client.call(domainGetXmlDesc, { dom, flags: migratableXml })).xml,
      );
      // libvirt opens its connection to the target first and compares definitions then: one that names another uuid
      // is refused before anything is prepared.
      const impossible = definition.replace(/<uuid>[^<]*<\/uuid>/, `<uuid>${otherUuid(uuid)}</uuid>`);
      try {
        await ask(from, async (client) => {
          const { dom } = await client.call(domainLookupByUuid, { uuid });
          const connection = client.migrate(dom, {
            destination: address(to).migrationUri,
            destinationXml: impossible,
            flags: MigrateFlag.live | (copyDisks ? MigrateFlag.nonSharedDisk : 0),
          });
          await within(connection, probeTimeoutMs, from);
        });
      } catch (error) {
        if (error instanceof HostFailure && !error.unreachable && /uuid/i.test(error.message)) return;
        throw error;
      }
    },
    migrate: (order) =>
      ask(order.from, async (client) => {
        const { dom } = await client.call(domainLookupByUuid, { uuid: order.uuid });
        await client.migrate(dom, wireOptions(order, address(order.to)));
      }),
    job: (host, uuid) =>
      orNull(
        withDomain(host, uuid, async (client, dom) => {
          const stats = await client.jobStats(dom);
          return stats.type === JobType.none ? null : jobSeen(stats);
        }),
      ),
    completedJob: async (host, uuid) => {
      try {
        return await withDomain(host, uuid, async (client, dom) => {
          const stats = await client.completedJobStats(dom, true);
          return stats.type === JobType.none ? null : jobSeen(stats);
        });
      } catch (error) {
        // A host that kept no figures says so in one of several ways; the migration is no less done.
        if (error instanceof HostFailure && !error.unreachable) return null;
        throw error;
      }
    },
    abort: (host, uuid) =>
      withDomain(host, uuid, async (client, dom) => {
        await client.call(domainAbortJob, { dom });
      }),
    setDowntime: (host, uuid, milliseconds) =>
      withDomain(host, uuid, async (client, dom) => {
        await client.call(domainMigrateSetMaxDowntime, {
          dom,
          downtime: BigInt(Math.round(milliseconds)),
          flags: 0,
        });
      }),
    setBandwidth: (host, uuid, bytesPerSecond) =>
      withDomain(host, uuid, async (client, dom) => {
        await client.call(domainMigrateSetMaxSpeed, { dom, bandwidth: mebibytes(bytesPerSecond), flags: 0 });
      }),
    startPostCopy: (host, uuid) =>
      withDomain(host, uuid, async (client, dom) => {
        await client.call(domainMigrateStartPostCopy, { dom, flags: 0 });
      }),
    discard: (host, uuid) =>
      withDomain(host, uuid, async (client, dom) => {
        await client.call(domainDestroyFlags, { dom, flags: 0 });
      }),
    watch: (host, listener) => {
      let stopped = false;
      let stop = () => {
        stopped = true;
      };
      void (async () => {
        try {
          const client = await connected(host);
          const events = await client.events({
            kinds: ['lifecycle', 'migration-iteration', 'job-completed'],
          });
          stop = () => {
            stopped = true;
            events.close();
          };
          if (isTrue(stopped)) events.close();
          for await (const event of events) {
            if (isTrue(stopped)) return;
            const told = toldOf(event as DomainEvent);
            if (told !== null) listener(told);
            else if (event.kind === 'connected' || event.kind === 'disconnected')
              listener({ kind: event.kind });
            else if (event.kind === 'overflow') listener({ kind: 'connected' });
          }
        } catch {
          // Without events the polls still tell everything, only later.
          if (!isTrue(stopped)) listener({ kind: 'disconnected' });
        }
      })();
      return () => {
        stop();
      };
    },
    close: () => {
      for (const { client } of clients.values())
        client.then(
          (open) => {
            open.close();
          },
          () => undefined,
        );
      clients.clear();
    },
  };
};

/** Keeps the compiler from believing that a variable which another function sets is what it was. */
const isTrue = (value: boolean): boolean => value;

const persistentFilter = 4;

const isPersistent = async (client: LibvirtClient, dom: DomainRef): Promise<boolean> =>
  (await client.listDomains(persistentFilter)).some(({ uuid }) => uuid === dom.uuid);

const otherUuid = (uuid: string): string => `${uuid.startsWith('0') ? '1' : '0'}${uuid.slice(1)}`;

const mebibytes = (bytes: number): bigint => BigInt(Math.max(1, Math.round(bytes / mebibyte)));

const wireOptions = (order: MigrationOrder, target: HostAddress) => {
  let flags = MigrateFlag.live | MigrateFlag.abortOnError;
  if (order.persistent) flags |= MigrateFlag.persistDestination | MigrateFlag.undefineSource;
  if (order.tls) flags |= MigrateFlag.tls;
  if (order.autoConverge) flags |= MigrateFlag.autoConverge;
  if (order.compression) flags |= MigrateFlag.compressed;
  if (order.parallelConnections !== null) flags |= MigrateFlag.parallel;
  if (order.postCopy || order.resume) flags |= MigrateFlag.postCopy;
  if (order.resume) flags |= MigrateFlag.postCopyResume;
  if (order.copyDisks) flags |= MigrateFlag.nonSharedDisk;
  return {
    destination: target.migrationUri,
    flags,
    ...(target.dataUri === null
      ? {}
      : { migrateUri: order.rdma ? target.dataUri.replace(/^tcp:/, 'rdma:') : target.dataUri }),
    ...(order.compression ? { compression: 'xbzrle' } : {}),
    ...(order.parallelConnections === null ? {} : { parallelConnections: order.parallelConnections }),
    ...(order.bandwidthBytesPerSecond === null
      ? {}
      : { bandwidth: mebibytes(order.bandwidthBytesPerSecond) }),
  };
};

const jobSeen = (stats: JobStats): JobSeen => {
  const number = (value: bigint | undefined): number | null => (value === undefined ? null : Number(value));
  const page = number(stats.memoryPageSize) ?? 4096;
  const pages = (value: bigint | undefined): number | null =>
    value === undefined ? null : Number(value) * page;
  const running = stats.type === JobType.bounded || stats.type === JobType.unbounded;
  return {
    kind:
      stats.operation === JobOperation.migrationOut
        ? 'migration-out'
        : stats.operation === JobOperation.migrationIn
          ? 'migration-in'
          : running
            ? 'other'
            : 'none',
    milliseconds: number(stats.timeElapsed),
    bytesTotal: number(stats.dataTotal) ?? 0,
    bytesProcessed: number(stats.dataProcessed) ?? 0,
    bytesRemaining: number(stats.dataRemaining) ?? 0,
    memoryTotal: number(stats.memoryTotal),
    memoryProcessed: number(stats.memoryProcessed),
    bytesPerSecond: number(stats.memoryBps),
    dirtyBytesPerSecond: pages(stats.memoryDirtyRate),
    iteration: number(stats.memoryIteration) ?? 0,
    throttlePercent: stats.autoConvergeThrottle ?? null,
    downtimeMilliseconds: number(stats.downtime),
    setupMilliseconds: number(stats.setupTime),
    zeroBytes: pages(stats.memoryConstant),
    sentPagesBytes: number(stats.memoryNormalBytes),
    postCopyRequests: number(stats.memoryPostcopyRequests),
  };
};

const toldOf = (event: DomainEvent): DomainTold | null => {
  switch (event.kind) {
    case 'lifecycle': {
      const { uuid } = event.domain;
      if (event.event === Lifecycle.stopped || event.event === Lifecycle.crashed)
        return { kind: 'stopped', uuid };
      if (event.event !== Lifecycle.suspended) return null;
      if (event.detail === suspendedDetail.migrated) return { kind: 'paused-for-migration', uuid };
      if (event.detail === suspendedDetail.postCopy) return { kind: 'post-copy', uuid };
      return event.detail === suspendedDetail.postCopyFailed ? { kind: 'post-copy-failed', uuid } : null;
    }
    case 'migration-iteration':
      return { kind: 'iteration', uuid: event.domain.uuid, iteration: event.iteration };
    case 'job-completed':
      return { kind: 'job-completed', uuid: event.domain.uuid, job: jobSeen(event.stats) };
    default:
      return null;
  }
};

const within = async (work: Promise<void>, milliseconds: number, host: string): Promise<void> => {
  const settled = new AbortController();
  const late = setTimeout(milliseconds, undefined, { signal: settled.signal }).then(() => {
    throw new HostFailure(host, `no answer within ${milliseconds / 1000} s`, {
      unreachable: false,
      libvirtCode: null,
    });
  });
  late.catch(() => undefined);
  work.catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
};

const hostFailure = (host: string, error: unknown): HostFailure => {
  if (error instanceof HostFailure) return error;
  if (error instanceof LibvirtError) {
    const { libvirt } = error;
    return new HostFailure(host, libvirt?.message ?? error.message, {
      unreachable: libvirt === undefined,
      libvirtCode: libvirt?.code ?? null,
      cause: error,
    });
  }
  return new HostFailure(host, error instanceof Error ? error.message : String(error), {
    unreachable: true,
    libvirtCode: null,
    cause: error,
  });
};
