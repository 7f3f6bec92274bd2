import {
  AuthType,
  DomainFilter,
  type DomainRef,
  DomainState,
  EventId,
  Feature,
  JobType,
  LibvirtErrorNumber,
  MigrateFlag,
  parseConnectUri,
  type TypedParameter,
} from '@evenkeel/libvirt';
import {
  authList,
  CallTable,
  connectClose,
  connectCompareHypervisorCpu,
  connectDomainEventCallbackDeregisterAny,
  connectDomainEventCallbackRegisterAny,
  connectGetAllDomainStats,
  connectGetCapabilities,
  connectGetHostname,
  connectGetLibVersion,
  connectGetType,
  connectGetUri,
  connectGetVersion,
  connectListAllDomains,
  connectOpen,
  connectRegisterCloseCallback,
  connectSupportsFeature,
  connectUnregisterCloseCallback,
  domainAbortJob,
  domainAbortJobFlags,
  domainCreate,
  domainDestroyFlags,
  domainGetInfo,
  domainGetJobInfo,
  domainGetJobStats,
  domainGetState,
  domainGetXmlDesc,
  domainJobCompletedEvent,
  domainLifecycleEvent,
  domainLookupByName,
  domainLookupByUuid,
  domainMigrateGetMaxDowntime,
  domainMigrateGetMaxSpeed,
  domainMigratePerform3Params,
  domainMigrateSetMaxDowntime,
  domainMigrateSetMaxSpeed,
  domainMigrateStartPostCopy,
  domainMigrationIterationEvent,
  domainResume,
  domainSetMemoryStatsPeriod,
  domainShutdown,
  domainShutdownFlags,
  domainStartDirtyRateCalc,
  domainSuspend,
  type JobStats,
  jobStatsParameters,
  nodeGetCellsFreeMemory,
  nodeGetCpuMap,
  nodeGetCpuStats,
  nodeGetFreeMemory,
  nodeGetInfo,
  nodeGetMemoryStats,
  type NodeParameter,
  type Procedure,
  RemoteFailure,
  type ServerConnection,
} from '@evenkeel/libvirt/server';
import { capabilitiesXml, domainXml } from './host-xml.ts';
import { readDirtyRate } from './read-dirty-rate.ts';
import type { SimFleet } from './sim-fleet.ts';
import type { SimHost } from './sim-host.ts';
import type { SimMigration, SimMigrationOptions } from './sim-migration.ts';
import type { SimVm } from './sim-vm.ts';
import { domainRefOf, statsRecord } from './stats-record.ts';

const libvirtVersion = 9_000_000n;
const qemuVersion = 7_002_000n;
const mebibyte = 1_048_576;
const completedFlag = 1;
const pageSamplingMode = 0;

export type HostCallContext = {
  readonly fleet: SimFleet;
  readonly host: SimHost;
  /** The host that answers there, if any does. */
  readonly hostAtPort: (port: number) => SimHost | undefined;
  /** Resolved at once, or when a host that hangs wakes up. */
  readonly awake: () => Promise<void> | null;
};

/** What libvirtd of a simulated host answers, call by call. */
export function hostCalls(context: HostCallContext): CallTable {
  const { fleet, host, awake } = context;
  const table = new CallTable();
  const subscriptions = new WeakMap<ServerConnection, Map<number, () => void>>();
  const settings = new WeakMap<SimVm, { bandwidth: number | null; downtimeMs: number }>();

  const answer = <Args, Ret>(
    procedure: Procedure<Args, Ret>,
    handler: (args: Args, connection: ServerConnection) => Ret | Promise<Ret>,
  ): void => {
    table.answer(procedure, (args, connection) => {
      const asleep = awake();
      return asleep ? asleep.then(() => handler(args, connection)) : handler(args, connection);
    });
  };
  const settingsOf = (vm: SimVm) => {
    const found = settings.get(vm) ?? { bandwidth: null, downtimeMs: 300 };
    settings.set(vm, found);
    return found;
  };
  const vmOf = (dom: DomainRef): SimVm => {
    const vm = host.find(dom.uuid);
    if (vm) return vm;
    throw new RemoteFailure(
      LibvirtErrorNumber.noDomain,
      `Domain not found: no domain with matching uuid '${dom.uuid}' (${dom.name})`,
    );
  };
  const runningVmOf = (dom: DomainRef): SimVm => {
    const vm = vmOf(dom);
    if (vm.id >= 0) return vm;
    throw invalid('domain is not running');
  };
  const jobOf = (dom: DomainRef): SimMigration => {
    const migration = fleet.migrationOf(vmOf(dom));
    if (migration) return migration;
    throw invalid('no job is active on the domain');
  };

  answer(authList, () => ({ types: [AuthType.none] }));
  answer(connectOpen, () => undefined);
  answer(connectClose, () => undefined);
  answer(connectSupportsFeature, ({ feature }) => ({
    supported: (
      [
        Feature.peerToPeer,
        Feature.migrationV3,
        Feature.keepalive,
        Feature.migrationParams,
        Feature.eventCallback,
        Feature.closeCallback,
      ] as number[]
    ).includes(feature),
  }));
  answer(connectGetType, () => ({ type: 'QEMU' }));
  answer(connectGetVersion, () => ({ hvVer: qemuVersion }));
  answer(connectGetLibVersion, () => ({ libVer: libvirtVersion }));
  answer(connectGetHostname, () => ({ hostname: host.plan.name }));
  answer(connectGetUri, () => ({ uri: 'qemu:///system' }));
  answer(connectGetCapabilities, () => ({ capabilities: capabilitiesXml(host) }));
  answer(connectRegisterCloseCallback, () => undefined);
  answer(connectUnregisterCloseCallback, () => undefined);
  answer(connectCompareHypervisorCpu, ({ xmlCPU }) => ({
    result: xmlCPU.includes(`<model`) && !xmlCPU.includes(host.plan.cpuModel ?? 'EPYC-Rome') ? 0 : 2,
  }));

  answer(nodeGetInfo, () => ({
    model: 'x86_64',
    memory: BigInt(Math.floor(host.plan.memBytes / 1024)),
    cpus: host.plan.cores,
    mhz: 2600,
    nodes: 1,
    sockets: 1,
    cores: host.plan.cores,
    threads: 1,
  }));
  answer(nodeGetCpuStats, ({ nparams }) => {
    host.advance();
    const { kernelNs, userNs, idleNs, iowaitNs } = host.cpu;
    return nodeParameters({ kernel: kernelNs, user: userNs, idle: idleNs, iowait: iowaitNs }, nparams);
  });
  answer(nodeGetMemoryStats, ({ nparams }) => {
    host.advance();
    const total = host.plan.memBytes / 1024;
    const free = host.freeBytes / 1024;
    return nodeParameters({ total, free: free * 0.9, buffers: free * 0.02, cached: free * 0.08 }, nparams);
  });
  answer(nodeGetFreeMemory, () => {
    host.advance();
    return { freeMem: BigInt(Math.floor(host.freeBytes)) };
  });
  answer(nodeGetCellsFreeMemory, () => {
    host.advance();
    return { cells: [BigInt(Math.floor(host.freeBytes / 1024))] };
  });
  answer(nodeGetCpuMap, () => ({
    cpumap: Buffer.alloc(Math.ceil(host.plan.cores / 8), 0xff),
    online: host.plan.cores,
    ret: host.plan.cores,
  }));

  answer(connectListAllDomains, ({ flags }) => {
    const domains = [...host.vms.values()].filter((vm) => matches(vm, flags)).map(domainRefOf);
    return { domains, ret: domains.length };
  });
  answer(connectGetAllDomainStats, ({ doms, stats, flags }) => {
    host.advance();
    const now = fleet.clock.now();
    const chosen =
      doms.length > 0
        ? doms.map((dom) => host.find(dom.uuid)).filter((vm) => vm !== undefined)
        : [...host.vms.values()].filter((vm) => matches(vm, flags));
    return { retStats: chosen.map((vm) => statsRecord(vm, stats, now)) };
  });
  answer(domainLookupByName, ({ name }) => {
    for (const vm of host.vms.values()) if (vm.plan.name === name) return { dom: domainRefOf(vm) };
    throw new RemoteFailure(
      LibvirtErrorNumber.noDomain,
      `Domain not found: no domain with matching name '${name}'`,
    );
  });
  answer(domainLookupByUuid, ({ uuid }) => ({ dom: domainRefOf(vmOf({ uuid, name: '', id: -1 })) }));
  answer(domainGetXmlDesc, ({ dom }) => ({ xml: domainXml(vmOf(dom)) }));
  answer(domainGetState, ({ dom }) => ({ state: vmOf(dom).state, reason: 1 }));
  answer(domainGetInfo, ({ dom }) => {
    const vm = vmOf(dom);
    const memory = BigInt(Math.floor(vm.plan.memBytes / 1024));
    const cpuTime = BigInt(Math.floor(vm.cpuNs));
    return { state: vm.state, maxMem: memory, memory, nrVirtCpu: vm.plan.vcpus, cpuTime };
  });
  answer(domainSetMemoryStatsPeriod, () => undefined);
  answer(domainStartDirtyRateCalc, ({ dom, seconds, flags }) => {
    const vm = runningVmOf(dom);
    if (flags !== pageSamplingMode) {
      throw new RemoteFailure(
        LibvirtErrorNumber.operationUnsupported,
        'Operation not supported: only page sampling',
      );
    }
    host.advance();
    const now = fleet.clock.now();
    vm.dirtyRate = { at: now, seconds, mebibytesPerSecond: readDirtyRate(vm, seconds, now) };
    return undefined;
  });

  answer(domainSuspend, ({ dom }) => {
    fleet.pause(runningVmOf(dom), host);
    return undefined;
  });
  answer(domainResume, ({ dom }) => {
    fleet.resume(runningVmOf(dom), host);
    return undefined;
  });
  answer(domainShutdown, ({ dom }) => {
    fleet.stop(runningVmOf(dom), host);
    return undefined;
  });
  answer(domainShutdownFlags, ({ dom }) => {
    fleet.stop(runningVmOf(dom), host);
    return undefined;
  });
  answer(domainDestroyFlags, ({ dom }) => {
    fleet.stop(runningVmOf(dom), host);
    return undefined;
  });
  answer(domainCreate, ({ dom }) => {
    fleet.start(vmOf(dom), host);
    return undefined;
  });

  answer(domainGetJobStats, ({ dom, flags }) => {
    if (flags & completedFlag) {
      const done = host.find(dom.uuid) ? fleet.completedMigrationOf(dom.uuid) : undefined;
      vmOf(dom);
      if (done?.target !== host) return { type: JobType.none, params: [] };
      return { type: JobType.completed, params: jobStatsParameters(done.stats()) };
    }
    const migration = fleet.migrationOf(vmOf(dom));
    if (!migration) return { type: JobType.none, params: [] };
    return { type: JobType.unbounded, params: jobStatsParameters(migration.stats()) };
  });
  answer(domainGetJobInfo, ({ dom }) => {
    const stats: Partial<JobStats> = fleet.migrationOf(vmOf(dom))?.stats() ?? {};
    const { dataTotal = 0n, dataProcessed = 0n, dataRemaining = 0n } = stats;
    return {
      type: stats.type ?? JobType.none,
      timeElapsed: stats.timeElapsed ?? 0n,
      timeRemaining: 0n,
      dataTotal,
      dataProcessed,
      dataRemaining,
      memTotal: dataTotal,
      memProcessed: dataProcessed,
      memRemaining: dataRemaining,
      fileTotal: 0n,
      fileProcessed: 0n,
      fileRemaining: 0n,
    };
  });
  answer(domainAbortJob, ({ dom }) => {
    jobOf(dom).abort();
    return undefined;
  });
  answer(domainAbortJobFlags, ({ dom }) => {
    jobOf(dom).abort();
    return undefined;
  });
  answer(domainMigrateSetMaxDowntime, ({ dom, downtime }) => {
    const vm = runningVmOf(dom);
    settingsOf(vm).downtimeMs = Number(downtime);
    const migration = fleet.migrationOf(vm);
    if (migration) migration.options.downtimeMs = Number(downtime);
    return undefined;
  });
  answer(domainMigrateGetMaxDowntime, ({ dom }) => ({
    downtime: BigInt(settingsOf(runningVmOf(dom)).downtimeMs),
  }));
  answer(domainMigrateSetMaxSpeed, ({ dom, bandwidth }) => {
    const vm = runningVmOf(dom);
    settingsOf(vm).bandwidth = limitOf(bandwidth);
    const migration = fleet.migrationOf(vm);
    if (migration) migration.options.bandwidth = limitOf(bandwidth);
    return undefined;
  });
  answer(domainMigrateGetMaxSpeed, ({ dom }) => ({
    bandwidth: BigInt(Math.round((settingsOf(runningVmOf(dom)).bandwidth ?? 2 ** 43) / mebibyte)),
  }));
  answer(domainMigrateStartPostCopy, ({ dom }) => {
    jobOf(dom).startPostCopy();
    return undefined;
  });
  answer(domainMigratePerform3Params, async ({ dom, dconnuri, params, flags }) => {
    const vm = runningVmOf(dom);
    const target = migrationTarget(context, vm, dconnuri, flags);
    refuseOtherDomain(vm, params);
    const preset = settingsOf(vm);
    const options = migrationOptions(params, flags, preset);
    await fleet.migrate(vm, host, target, options).ended;
    return { cookieOut: Buffer.alloc(0) };
  });

  answer(connectDomainEventCallbackRegisterAny, ({ eventID, dom }, connection) => {
    let own = subscriptions.get(connection);
    if (!own) {
      const created = new Map<number, () => void>();
      subscriptions.set(connection, (own = created));
      connection.onClose(() => {
        for (const unsubscribe of created.values()) unsubscribe();
      });
    }
    const callbackID = own.size;
    own.set(callbackID, subscribe(host, connection, callbackID, eventID, dom?.uuid ?? null));
    return { callbackID };
  });
  answer(connectDomainEventCallbackDeregisterAny, ({ callbackID }, connection) => {
    subscriptions.get(connection)?.get(callbackID)?.();
    return undefined;
  });
  return table;
}

const invalid = (message: string): RemoteFailure =>
  new RemoteFailure(LibvirtErrorNumber.operationInvalid, `Requested operation is not valid: ${message}`);

function matches(vm: SimVm, flags: number): boolean {
  const active = vm.id >= 0;
  const wantsActive = flags & DomainFilter.active;
  const wantsInactive = flags & DomainFilter.inactive;
  if ((wantsActive || wantsInactive) && !(active ? wantsActive : wantsInactive)) return false;
  const wantsRunning = flags & DomainFilter.running;
  return !wantsRunning || vm.state === DomainState.running;
}

/** Asked with room for none, a host says how many fields there are. */
function nodeParameters(
  values: Record<string, number>,
  room: number,
): { params: NodeParameter[]; nparams: number } {
  const fields = Object.entries(values);
  if (room === 0) return { params: [], nparams: fields.length };
  return {
    params: fields.map(([field, value]) => ({ field, value: BigInt(Math.floor(value)) })),
    nparams: fields.length,
  };
}

const limitOf = (mebibytesPerSecond: bigint): number | null =>
  mebibytesPerSecond === 0n ? null : Number(mebibytesPerSecond) * mebibyte;

function migrationTarget(
  { fleet, host, hostAtPort }: HostCallContext,
  vm: SimVm,
  dconnuri: string | null,
  flags: number,
): SimHost {
  if (!(flags & MigrateFlag.peerToPeer) || dconnuri === null) {
    throw new RemoteFailure(
      LibvirtErrorNumber.invalidArgument,
      'invalid argument: only peer-to-peer migration is offered',
    );
  }
  if (fleet.migrationOf(vm)) throw invalid('another migration job is already running for domain');
  const target = hostAtPort(parseConnectUri(dconnuri).port ?? 16_509);
  if (!target) {
    throw new RemoteFailure(
      LibvirtErrorNumber.system,
      `unable to connect to server at '${dconnuri}': Connection refused`,
    );
  }
  if (target === host)
    throw new RemoteFailure(LibvirtErrorNumber.internal, 'Attempt to migrate guest to the same host');
  if (target.find(vm.plan.uuid)) {
    throw new RemoteFailure(
      LibvirtErrorNumber.operationFailed,
      `operation failed: domain '${vm.plan.name}' already exists with uuid ${vm.plan.uuid}`,
    );
  }
  return target;
}

/** As libvirt does, once it has reached the target: a definition for the target must be of the same domain. */
function refuseOtherDomain(vm: SimVm, params: readonly TypedParameter[]): void {
  const given = params.find((param) => param.field === 'destination_xml')?.value;
  const uuid = typeof given === 'string' ? /<uuid>([^<]*)<\/uuid>/.exec(given)?.[1] : undefined;
  if (uuid === undefined || uuid === vm.plan.uuid) return;
  throw new RemoteFailure(
    LibvirtErrorNumber.configUnsupported,
    `unsupported configuration: Target domain uuid ${uuid} does not match source ${vm.plan.uuid}`,
  );
}

function migrationOptions(
  params: readonly TypedParameter[],
  flags: number,
  preset: { readonly bandwidth: number | null; readonly downtimeMs: number },
): SimMigrationOptions {
  const numberOf = (field: string, fallback: number): number => {
    const found = params.find((param) => param.field === field);
    return found && typeof found.value !== 'string' ? Number(found.value) : fallback;
  };
  const bandwidth = numberOf('bandwidth', 0);
  return {
    postCopyAllowed: (flags & MigrateFlag.postCopy) !== 0,
    autoConverge: (flags & MigrateFlag.autoConverge) !== 0,
    throttleInitial: numberOf('auto_converge.initial', 20),
    throttleIncrement: numberOf('auto_converge.increment', 10),
    connections: flags & MigrateFlag.parallel ? Math.max(2, numberOf('parallel.connections', 2)) : 1,
    compressed: (flags & MigrateFlag.compressed) !== 0,
    staysPaused: (flags & MigrateFlag.paused) !== 0,
    bandwidth: bandwidth > 0 ? bandwidth * mebibyte : preset.bandwidth,
    downtimeMs: preset.downtimeMs,
  };
}

function subscribe(
  host: SimHost,
  connection: ServerConnection,
  callbackID: number,
  eventID: number,
  uuid: string | null,
): () => void {
  return host.subscribe((event) => {
    if (uuid !== null && event.vm.plan.uuid !== uuid) return;
    const dom = domainRefOf(event.vm);
    if (event.kind === 'lifecycle' && eventID === EventId.lifecycle) {
      connection.send(domainLifecycleEvent, {
        callbackID,
        msg: { dom, event: event.event, detail: event.detail },
      });
    } else if (event.kind === 'iteration' && eventID === EventId.migrationIteration) {
      connection.send(domainMigrationIterationEvent, { callbackID, dom, iteration: event.iteration });
    } else if (event.kind === 'job-completed' && eventID === EventId.jobCompleted) {
      const params = jobStatsParameters(event.migration.stats());
      connection.send(domainJobCompletedEvent, { callbackID, dom, params });
    }
  });
}
