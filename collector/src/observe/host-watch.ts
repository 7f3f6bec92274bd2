import {
  connectGetCapabilities,
  domainGetXmlDesc,
  domainStartDirtyRateCalc,
  DomainFilter,
  ErrorCode,
  type AnyEvent,
  type DomainRef,
  type DomainStats,
  LibvirtError,
  Lifecycle,
  type LibvirtClient,
  nodeGetCpuStats,
  nodeGetInfo,
  nodeGetMemoryStats,
  StatsGroup,
} from '@evenkeel/libvirt';
import type { Clock } from '../fleet/clock.ts';
import type { HostCapacity } from '../fleet/host.ts';
import { DirtyRateRotation } from './dirty-rate-rotation.ts';
import { readDomain, stateOf } from './domain-reading.ts';
import { parseCapabilities, parseDomainXml } from './domain-xml.ts';
import type { HostConfig } from './host-config.ts';
import type { InventoryChange } from './inventory-change.ts';
import {
  nodeCpuShare,
  readNodeCpu,
  readNodeMemory,
  type NodeCpuReading,
  type NodeMemoryReading,
} from './node-load.ts';
import type { PollCost, PollingOptions, WatchedHost } from './watched-host.ts';
import { TroubleBook } from './trouble-book.ts';
import { vmConstraints } from './vm-rules.ts';
import type { VmRulesConfig } from './vm-rules-config.ts';
import type { TimedReading } from './vm-rates.ts';
import { WatchedVm } from './watched-vm.ts';

/** What a watch needs of a libvirt client. */
export type HostClient = Pick<
  LibvirtClient,
  'call' | 'domainStats' | 'events' | 'connectInBackground' | 'close' | 'isConnected'
>;

export type HostWatchOptions = {
  readonly config: HostConfig;
  readonly polling: PollingOptions;
  /** 0..1: where in the interval this host is polled, so that hosts are spread over it. */
  readonly phase: number;
  /** Pause before the first connection, so that a large fleet does not connect at once. */
  readonly firstAfterMs: number;
  readonly rules: readonly VmRulesConfig[];
  readonly clock: Clock;
  readonly connect: (config: HostConfig, onRetryFailed: (error: Error) => void) => HostClient;
  readonly onSample: (host: WatchedHost) => void;
  readonly onInventory: (change: InventoryChange) => void;
  readonly log: (message: string) => void;
};

const groups =
  StatsGroup.state |
  StatsGroup.cpuTotal |
  StatsGroup.balloon |
  StatsGroup.vcpu |
  StatsGroup.interface |
  StatsGroup.block;

const migrated = { started: 1, suspended: 1, resumed: 1, stopped: 3 } as const;
const pageSampling = 0;
const dirtyRateMeasured = 2;
const mebibyte = 1_048_576;
/** Deadlines missed in a row after which the connection is given up: its requests may be stuck in the daemon. */
const lateBeforeReconnect = 2;
/** Lost connections within the memory of troubles that count as flapping. */
const flappingAfter = 3;

/** Observes one host through libvirt: polls, listens, and keeps what it was told. */
export class HostWatch implements WatchedHost {
  readonly source = 'libvirt';
  readonly vms = new Map<string, WatchedVm>();
  readonly troubles = new TroubleBook();
  readonly cost: PollCost = { polls: 0, errors: 0, late: 0, pollSeconds: null };
  config: HostConfig;
  capacity: HostCapacity | null = null;
  cpuModel: string | null = null;
  cpuFeatures: readonly string[] | undefined;
  cpuShare: number | null = null;
  memory: NodeMemoryReading | null = null;
  sampledMs: number | null = null;
  readonly #options: HostWatchOptions;
  #polling: PollingOptions;
  #rules: readonly VmRulesConfig[];
  #rotation: DirtyRateRotation;
  #client: HostClient | undefined;
  #cancelTimer: () => void = () => undefined;
  #nodeCpu: NodeCpuReading | null = null;
  #nodeCpuAtMs = 0;
  #nodeCounts: { cpu: number; memory: number } | null = null;
  /** VMs that an event has taken away: an answer that was under way may still name them. */
  readonly #gone = new Map<string, number>();
  /** VMs that a poll has found: an event, which knows more, may be on its way. */
  readonly #untold = new Map<string, DomainRef>();
  readonly #unread = new Set<string>();
  #reading = false;
  #polls = 0;
  #lateInRow = 0;
  #losses = 0;
  #dirtyRateSupported = true;
  #stopped = false;
  #why = 'not connected yet';

  constructor(options: HostWatchOptions) {
    this.#options = options;
    this.config = options.config;
    this.#polling = options.polling;
    this.#rules = options.rules;
    this.#rotation = new DirtyRateRotation(options.polling.dirtyRate);
  }

  start(): void {
    this.#cancelTimer = this.#options.clock.after(this.#options.firstAfterMs, () => {
      this.#open();
      this.#scheduleNext();
    });
  }

  /** Takes new settings without losing what is known; the address of a host does not change this way. */
  reconfigure(config: HostConfig, polling: PollingOptions, rules: readonly VmRulesConfig[]): void {
    this.config = config;
    if (JSON.stringify(polling.dirtyRate) !== JSON.stringify(this.#polling.dirtyRate))
      this.#rotation = new DirtyRateRotation(polling.dirtyRate);
    this.#polling = polling;
    this.#rules = rules;
    if (this.capacity !== null) this.capacity = { ...this.capacity, ...configuredCapacity(config) };
    for (const vm of this.vms.values()) this.#constrain(vm);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#client?.close();
  }

  /** Reads the host now, besides the regular round. */
  async poll(): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.#polls > 0) return;
    this.#polls++;
    const { clock } = this.#options;
    const begunMs = clock.monotonic();
    this.cost.polls++;
    try {
      const timeoutMs = this.#polling.deadlineMs;
      const [stats, cpu, memory] = await Promise.all([
        client.domainStats({
          groups,
          filter: DomainFilter.active,
          timeoutMs,
          askAgainAfterMs: Math.min(1000, timeoutMs / 3),
        }),
        this.#readNodeCpu(client, timeoutMs),
        this.#readNodeMemory(client, timeoutMs),
      ]);
      if (this.#stopped) return;
      const endedMs = clock.monotonic();
      this.cost.pollSeconds = (endedMs - begunMs) / 1000;
      this.#lateInRow = 0;
      this.#take(stats, begunMs, endedMs);
      this.#takeNode(cpu, memory, endedMs);
      this.sampledMs = endedMs;
      this.#options.onSample(this);
      void this.#readDefinitions(client);
      void this.#measureDirtyRate(client);
    } catch (error) {
      if (!this.#stopped) this.#failed(error as Error);
    } finally {
      this.#polls--;
    }
  }

  #open(): void {
    const client = this.#options.connect(this.config, (error) => {
      this.#failedToConnect(error);
    });
    this.#client = client;
    this.#nodeCounts = null;
    void client
      .events({ kinds: ['lifecycle'] })
      .then(async (events) => {
        client.connectInBackground();
        for await (const event of events) {
          if (this.#client !== client) return;
          try {
            await this.#hear(event, client);
          } catch (error) {
            if (this.#client !== client) return;
            this.#options.log(
              `${this.config.name}: an event could not be followed: ${(error as Error).message}`,
            );
          }
        }
      })
      .catch((error: unknown) => {
        this.#failedToConnect(error as Error);
      });
  }

  #reopen(): void {
    this.#client?.close();
    this.#lateInRow = 0;
    this.#open();
  }

  #scheduleNext(): void {
    if (this.#stopped) return;
    const { clock, phase } = this.#options;
    const { intervalMs } = this.#polling;
    const now = clock.monotonic();
    // a millisecond of slack: a timer may fire, or a division round, a hair too early
    const round = Math.floor((now + 1) / intervalMs - phase) + 1;
    this.#cancelTimer = clock.after((round + phase) * intervalMs - now, () => {
      if (this.#client?.isConnected === true) void this.poll();
      else this.#countMiss();
      this.#scheduleNext();
    });
  }

  #countMiss(): void {
    this.cost.polls++;
    this.cost.errors++;
    this.#note('scrape-error', this.#why);
  }

  async #hear(event: AnyEvent, client: HostClient): Promise<void> {
    switch (event.kind) {
      case 'connected':
        this.#nodeCounts = null;
        await this.#readHost(client);
        void this.poll();
        return;
      case 'overflow':
        void this.poll();
        return;
      case 'disconnected':
        this.#lost(event.reason);
        return;
      case 'lifecycle':
        await this.#live(event, client);
        return;
      case 'reboot':
        this.vms.get(event.domain.uuid)?.interrupt();
        return;
      default:
        return;
    }
  }

  async #live(
    event: { readonly domain: DomainRef; readonly event: number; readonly detail: number },
    client: HostClient,
  ): Promise<void> {
    const { domain, detail } = event;
    const at = this.#options.clock.monotonic();
    const vm = this.vms.get(domain.uuid);
    switch (event.event) {
      case Lifecycle.started:
        this.#gone.delete(domain.uuid);
        await this.#readOne(client, domain);
        this.#untold.delete(domain.uuid);
        this.#tell(detail === migrated.started ? 'arrived' : 'started', domain);
        return;
      case Lifecycle.resumed:
        if (vm === undefined) await this.#readOne(client, domain);
        else vm.setState('running', at);
        this.#tell('resumed', domain);
        return;
      case Lifecycle.suspended:
        vm?.setState('paused', at);
        this.#tell('paused', domain);
        return;
      case Lifecycle.pmSuspended:
        vm?.setState('suspended', at);
        this.#tell('paused', domain);
        return;
      case Lifecycle.stopped:
      case Lifecycle.crashed:
        this.#remove(domain.uuid, at);
        this.#tell(
          detail === migrated.stopped && event.event === Lifecycle.stopped ? 'left' : 'stopped',
          domain,
        );
        return;
      case Lifecycle.defined:
        if (vm !== undefined) this.#unread.add(domain.uuid);
        return;
      default:
        return;
    }
  }

  async #readOne(client: HostClient, domain: DomainRef): Promise<void> {
    const { clock } = this.#options;
    const begunMs = clock.monotonic();
    const timeoutMs = this.#polling.deadlineMs;
    const [stats] = await client.domainStats({
      groups,
      domains: [domain],
      timeoutMs,
      askAgainAfterMs: Math.min(1000, timeoutMs / 3),
    });
    if (stats === undefined || stateOf(stats.state?.state) === 'shutoff') return;
    this.#takeOne(stats, begunMs, clock.monotonic());
    void this.#readDefinitions(client);
  }

  #take(answer: readonly DomainStats[], begunMs: number, endedMs: number): void {
    for (const domain of this.#untold.values()) this.#tell('started', domain); // no event came since the last poll
    this.#untold.clear();
    const named = new Set<string>();
    const found: DomainRef[] = [];
    for (const stats of answer) {
      const { uuid } = stats.domain;
      const goneMs = this.#gone.get(uuid);
      if (goneMs !== undefined && goneMs >= begunMs) continue; // asked before it went
      named.add(uuid);
      const isNew = this.#takeOne(stats, begunMs, endedMs);
      if (isNew && this.sampledMs !== null) found.push(stats.domain);
    }
    for (const [uuid, vm] of this.vms) {
      if (named.has(uuid) || vm.sampledMs > begunMs) continue; // told by an event while the answer was under way
      this.#remove(uuid, endedMs);
      this.#tell('stopped', vm.ref);
    }
    for (const domain of found) this.#untold.set(domain.uuid, domain);
    for (const [uuid, goneMs] of this.#gone) if (goneMs < begunMs) this.#gone.delete(uuid);
  }

  #takeOne(stats: DomainStats, begunMs: number, endedMs: number): boolean {
    const now: TimedReading = {
      reading: readDomain(stats),
      atMs: (begunMs + endedMs) / 2,
      uncertaintyMs: (endedMs - begunMs) / 2,
    };
    const wallMs = this.#options.clock.now();
    const known = this.vms.get(stats.domain.uuid);
    // another run, or another name, is another VM as far as its counters go
    if (known?.ref.id === stats.domain.id && known.ref.name === stats.domain.name) {
      known.update(now, this.#longestMs(), wallMs);
      return false;
    }
    this.vms.set(stats.domain.uuid, new WatchedVm(stats.domain, now, wallMs));
    this.#unread.add(stats.domain.uuid);
    return known === undefined;
  }

  /** Rates over more than this would hide what happened in between. */
  #longestMs(): number {
    return this.#polling.intervalMs * 3.5;
  }

  #remove(uuid: string, atMs: number): void {
    this.vms.delete(uuid);
    this.#gone.set(uuid, atMs);
    this.#unread.delete(uuid);
    this.#untold.delete(uuid);
    this.#rotation.forget(uuid);
  }

  #takeNode(cpu: NodeCpuReading | null, memory: NodeMemoryReading | null, atMs: number): void {
    this.cpuShare = atMs - this.#nodeCpuAtMs > this.#longestMs() ? null : nodeCpuShare(this.#nodeCpu, cpu);
    this.#nodeCpu = cpu;
    this.#nodeCpuAtMs = atMs;
    if (memory !== null && this.memory !== null && memory.totalBytes < this.memory.totalBytes * 0.99)
      this.#note(
        'memory-shrank',
        `its memory fell from ${this.memory.totalBytes} to ${memory.totalBytes} bytes`,
      );
    this.memory = memory;
    if (memory !== null && this.capacity !== null && this.capacity.memBytes !== memory.totalBytes)
      this.capacity = { ...this.capacity, memBytes: memory.totalBytes };
  }

  async #readNodeCpu(client: HostClient, timeoutMs: number): Promise<NodeCpuReading | null> {
    const nparams = this.#nodeCounts?.cpu;
    if (nparams === undefined || nparams === 0) return null;
    const { params } = await client.call(nodeGetCpuStats, { cpuNum: -1, nparams, flags: 0 }, { timeoutMs });
    return readNodeCpu(params);
  }

  async #readNodeMemory(client: HostClient, timeoutMs: number): Promise<NodeMemoryReading | null> {
    const nparams = this.#nodeCounts?.memory;
    if (nparams === undefined || nparams === 0) return null;
    const { params } = await client.call(
      nodeGetMemoryStats,
      { nparams, cellNum: -1, flags: 0 },
      { timeoutMs },
    );
    return readNodeMemory(params);
  }

  /** What does not change while a connection lasts. */
  async #readHost(client: HostClient): Promise<void> {
    const options = { timeoutMs: this.#polling.deadlineMs };
    const info = await client.call(nodeGetInfo, undefined, options);
    const cpu = await orNothing(client.call(nodeGetCpuStats, { cpuNum: -1, nparams: 0, flags: 0 }, options));
    const memory = await orNothing(
      client.call(nodeGetMemoryStats, { cellNum: -1, nparams: 0, flags: 0 }, options),
    );
    this.#nodeCounts = { cpu: cpu?.nparams ?? 0, memory: memory?.nparams ?? 0 };
    const xml = await orNothing(client.call(connectGetCapabilities, undefined, options));
    const told = xml === null ? null : parseCapabilities(xml.capabilities);
    this.cpuModel = told?.cpuModel ?? null;
    this.cpuFeatures = told?.cpuFeatures;
    this.capacity = {
      cpuCores: info.cpus,
      ...(info.mhz > 0 ? { cpuMhz: info.mhz } : {}),
      memBytes: Number(info.memory) * 1024,
      ...configuredCapacity(this.config),
      ...(told === null || told.numaNodes.length === 0 ? {} : { numaNodes: told.numaNodes }),
    };
  }

  /** Reads the definitions of new and changed VMs, one after the other. */
  async #readDefinitions(client: HostClient): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (const uuid of this.#unread) {
        const vm = this.vms.get(uuid);
        if (vm === undefined || vm.hung) continue;
        const { xml } = await client.call(
          domainGetXmlDesc,
          { dom: vm.ref, flags: 0 },
          { timeoutMs: this.#polling.deadlineMs },
        );
        // copied: parts of a string keep the whole of it in memory
        vm.facts = structuredClone(parseDomainXml(xml));
        this.#unread.delete(uuid);
        this.#constrain(vm);
      }
    } catch {
      // it is tried again after the next poll; until then the VM is not moved
    } finally {
      this.#reading = false;
    }
  }

  #constrain(vm: WatchedVm): void {
    if (vm.facts === null) return;
    const { uuid, name, diskSizes } = vm.reading;
    vm.constraints = vmConstraints(
      { uuid, name },
      vm.facts,
      diskSizes,
      this.#rules,
      this.#polling.sharedStorage,
    );
  }

  async #measureDirtyRate(client: HostClient): Promise<void> {
    const { dirtyRate } = this.#polling;
    if (!dirtyRate.enabled || !this.#dirtyRateSupported) return;
    const { clock } = this.#options;
    const candidates = [...this.vms.values()]
      .filter((vm) => vm.isRunning && !vm.hung)
      .map((vm) => vm.reading.uuid);
    const uuid = this.#rotation.next(candidates, clock.monotonic());
    const vm = uuid === null ? undefined : this.vms.get(uuid);
    if (uuid === null || vm === undefined) return;
    const options = { timeoutMs: this.#polling.deadlineMs };
    try {
      await client.call(
        domainStartDirtyRateCalc,
        { dom: vm.ref, seconds: dirtyRate.sampleSeconds, flags: pageSampling },
        options,
      );
      let waitMs = dirtyRate.sampleSeconds * 1000 + 300;
      for (let attempt = 0; attempt < 5; attempt++) {
        await new Promise<void>((resolve) => clock.after(waitMs, resolve));
        const [stats] = await client.domainStats({
          groups: StatsGroup.dirtyRate,
          domains: [vm.ref],
          ...options,
        });
        const rate = stats?.dirtyRate;
        if (rate?.calcStatus === dirtyRateMeasured && rate.megabytesPerSecond !== undefined) {
          const bytesPerSecond = Number(rate.megabytesPerSecond) * mebibyte;
          vm.dirtyRate = { bytesPerSecond, measuredMs: clock.monotonic() };
          return;
        }
        waitMs = 1000; // a busy host takes longer than it was told to
      }
    } catch (error) {
      if (error instanceof LibvirtError && error.code === ErrorCode.notSupported)
        this.#dirtyRateSupported = false;
      // else the VM is being migrated, went away or is busy: its turn comes again
    } finally {
      this.#rotation.done(uuid);
    }
  }

  #failed(error: Error): void {
    this.cost.errors++;
    this.#note('scrape-error', error.message);
    if (!(error instanceof LibvirtError) || error.code !== ErrorCode.timeout) return;
    this.cost.late++;
    if (++this.#lateInRow >= lateBeforeReconnect) this.#reopen();
  }

  #failedToConnect(error: Error): void {
    if (this.#stopped || this.#why === error.message) return;
    this.#why = error.message;
    this.#options.log(`${this.config.name}: ${error.message}`);
  }

  #lost(reason: Error): void {
    this.#why = reason.message;
    if (this.#stopped) return;
    this.#options.log(`${this.config.name}: connection lost: ${reason.message}`);
    if (++this.#losses >= flappingAfter)
      this.#note('flapping', `the connection was lost ${this.#losses} times`);
  }

  #note(kind: 'scrape-error' | 'memory-shrank' | 'flapping', message: string): void {
    const { clock } = this.#options;
    this.troubles.note(kind, message, clock.monotonic(), clock.now());
  }

  #tell(kind: InventoryChange['kind'], domain: DomainRef): void {
    const { clock, onInventory } = this.#options;
    onInventory({ kind, uuid: domain.uuid, vm: domain.name, host: this.config.name, at: clock.now() });
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
