import { ErrorCode, type AnyEvent, type DomainRef, LibvirtError } from '@evenkeel/libvirt';
import type { Clock } from '../fleet/clock.ts';
import type { HostCapacity } from '../fleet/host.ts';
import { DirtyRateMeter } from './dirty-rate-meter.ts';
import type { HostClient } from './host-client.ts';
import type { HostConfig } from './host-config.ts';
import { HostVms } from './host-vms.ts';
import type { InventoryChange } from './inventory-change.ts';
import type { NodeMemoryReading } from './node-load.ts';
import { NodeWatch } from './node-watch.ts';
import { TroubleBook } from './trouble-book.ts';
import type { VmRulesConfig } from './vm-rules-config.ts';
import type { PollCost, PollingOptions, WatchedHost } from './watched-host.ts';
import type { WatchedVm } from './watched-vm.ts';

export type HostWatchOptions = {
  readonly config: HostConfig;
  readonly polling: PollingOptions;
  /** 0..1: where in the interval this host is polled, so that hosts are spread over it. */
  readonly phase: number;
  /** Where in the turns of what is not read at every poll this host begins. */
  readonly turn: number;
  /** Pause before the first connection, so that a large fleet does not connect at once. */
  readonly firstAfterMs: number;
  readonly rules: readonly VmRulesConfig[];
  readonly clock: Clock;
  readonly connect: (config: HostConfig, onRetryFailed: (error: Error) => void) => HostClient;
  readonly onSample: (host: WatchedHost) => void;
  readonly onInventory: (change: InventoryChange) => void;
  readonly log: (message: string) => void;
};

/** Deadlines missed in a row after which the connection is given up: its requests may be stuck in the daemon. */
const lateBeforeReconnect = 2;
/** Lost connections within the memory of troubles that count as flapping. */
const flappingAfter = 3;

/** Observes one host through libvirt: keeps a connection, polls, listens, and says what goes wrong. */
export class HostWatch implements WatchedHost {
  readonly source = 'libvirt';
  readonly troubles = new TroubleBook();
  readonly cost: PollCost = { polls: 0, errors: 0, late: 0, pollSeconds: null };
  config: HostConfig;
  sampledMs: number | null = null;
  readonly #options: HostWatchOptions;
  readonly #vms: HostVms;
  readonly #node = new NodeWatch();
  readonly #dirtyRate: DirtyRateMeter;
  #polling: PollingOptions;
  #client: HostClient | undefined;
  #cancelTimer: () => void = () => undefined;
  #polls = 0;
  #lateInRow = 0;
  #losses = 0;
  #stopped = false;
  #why = 'not connected yet';

  constructor(options: HostWatchOptions) {
    const { clock, config, polling, rules, turn } = options;
    this.#options = options;
    this.config = config;
    this.#polling = polling;
    this.#dirtyRate = new DirtyRateMeter(clock, polling.dirtyRate);
    this.#vms = new HostVms({
      clock,
      polling,
      rules,
      turn,
      onChange: (kind, domain) => {
        this.#tell(kind, domain);
      },
      onGone: (uuid) => {
        this.#dirtyRate.forget(uuid);
      },
    });
  }

  get vms(): ReadonlyMap<string, WatchedVm> {
    return this.#vms.byUuid;
  }

  get capacity(): HostCapacity | null {
    return this.#node.capacity;
  }

  get cpuModel(): string | null {
    return this.#node.cpuModel;
  }

  get cpuFeatures(): readonly string[] | undefined {
    return this.#node.cpuFeatures;
  }

  get postCopy(): boolean {
    return this.#node.postCopy;
  }

  get cpuShare(): number | null {
    return this.#node.cpuShare;
  }

  get memory(): NodeMemoryReading | null {
    return this.#node.memory;
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
    this.#polling = polling;
    this.#dirtyRate.reconfigure(polling.dirtyRate);
    this.#node.reconfigure(config);
    this.#vms.reconfigure(polling, rules);
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
    this.cost.polls++;
    try {
      const timeoutMs = this.#polling.deadlineMs;
      if (!this.#node.isKnown) await this.#node.readOnce(client, () => this.config, timeoutMs);
      const begunMs = clock.monotonic();
      const lively = this.#node.isLively(this.#polling.turns?.allFromCpu ?? 1);
      const [answer, node] = await Promise.all([
        this.#vms.ask(client, lively),
        this.#node.read(client, timeoutMs),
      ]);
      if (this.#stopped) return;
      const endedMs = clock.monotonic();
      this.cost.pollSeconds = (endedMs - begunMs) / 1000;
      this.#lateInRow = 0;
      this.#vms.take(answer, begunMs, endedMs);
      const shrank = this.#node.take(node, endedMs, this.#vms.longestMs.base);
      if (shrank !== null)
        this.#note('memory-shrank', `its memory fell from ${shrank[0]} to ${shrank[1]} bytes`);
      this.sampledMs = endedMs;
      this.#options.onSample(this);
      void this.#vms.readDefinitions(client);
      void this.#dirtyRate.measureNext(client, this.vms, timeoutMs);
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
    this.#node.disconnected();
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
        this.#node.disconnected();
        void this.poll();
        return;
      case 'overflow':
        void this.poll();
        return;
      case 'disconnected':
        this.#lost(event.reason);
        return;
      case 'lifecycle':
        await this.#vms.hear(event, client);
        return;
      case 'reboot':
        this.vms.get(event.domain.uuid)?.interrupt();
        return;
      default:
        return;
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
