import { EventEmitter } from 'node:events';
import type { Clock } from '../fleet/clock.ts';
import type { Freshness } from '../fleet/freshness.ts';
import type { Host } from '../fleet/host.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm } from '../fleet/vm.ts';
import type { HostClient } from './host-client.ts';
import type { HostConfig } from './host-config.ts';
import { hostView, limitsOf } from './host-view.ts';
import { HostWatch } from './host-watch.ts';
import type { InventoryChange } from './inventory-change.ts';
import { VirtTopWatch } from './virt-top-watch.ts';
import { winningClaim } from './vm-claims.ts';
import type { VmRulesConfig } from './vm-rules-config.ts';
import type { PollCost, PollingOptions, WatchedHost } from './watched-host.ts';
import type { WatchedVm } from './watched-vm.ts';

export type ObserverSettings = {
  readonly fleet: string;
  readonly hosts: readonly HostConfig[];
  readonly rules: readonly VmRulesConfig[];
  readonly polling: PollingOptions;
  /** Older data is stale. */
  readonly staleMs: number;
};

export type ObserverOptions = ObserverSettings & {
  readonly clock: Clock;
  /** A client of a host, not connected yet. */
  readonly connect: (config: HostConfig, onRetryFailed: (error: Error) => void) => HostClient;
  readonly log: (message: string) => void;
};

export type ObserverEvents = {
  /** The whole fleet, once an interval. */
  snapshot: [Snapshot];
  /** One host and its VMs, as soon as they were read. */
  sample: [host: Host, vms: readonly Vm[]];
  /** What an event told, before the next poll. */
  inventory: [InventoryChange];
};

/** Below this the machine's clock only keeps time; dates that were told stay what they are. */
const clockDriftMs = 50;
/** The collector's own clock is taken to have been set when it runs off by more than this. */
const clockJumpMs = 5000;
/** Connecting a fleet for the first time: so long for each host, up to one interval for all. */
const connectEveryMs = 5;

type Watch = WatchedHost & {
  reconfigure: (config: HostConfig, polling: PollingOptions, rules: readonly VmRulesConfig[]) => void;
};

/** Observes a fleet. Emits what it sees; `snapshot` is what it knows now. */
export class Observer extends EventEmitter<ObserverEvents> {
  readonly #options: ObserverOptions;
  #settings: ObserverSettings;
  readonly #watches = new Map<string, Watch>();
  #cancelTick: () => void = () => undefined;
  #sequence = 0;
  #current: Snapshot | null = null;
  #changed = true;
  #wallMinusMonotonic: number;
  /** Who has a VM, by uuid, as of the last time it was settled. */
  #holders = new Map<string, WatchedHost>();

  constructor(options: ObserverOptions) {
    super();
    this.#options = options;
    this.#settings = options;
    this.#wallMinusMonotonic = options.clock.now() - options.clock.monotonic();
  }

  start(): void {
    this.#openWatches();
    this.#scheduleTick();
  }

  stop(): void {
    this.#cancelTick();
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }

  /** Takes new settings; hosts whose address stays keep their connection, their counters and their history. */
  reconfigure(settings: ObserverSettings): void {
    const before = this.#settings;
    this.#settings = settings;
    const wanted = new Map(settings.hosts.map((host) => [host.name, host]));
    for (const [name, watch] of this.#watches) {
      const config = wanted.get(name);
      if (config !== undefined && addressOf(config) === addressOf(watch.config))
        watch.reconfigure(config, settings.polling, settings.rules);
      else {
        watch.stop();
        this.#watches.delete(name);
      }
    }
    this.#openWatches();
    this.#changed = true;
    if (before.polling.intervalMs === settings.polling.intervalMs) return;
    this.#cancelTick();
    this.#scheduleTick();
  }

  /** What is known now: changes told by events included. */
  get snapshot(): Snapshot {
    if (this.#current === null || this.#changed) this.#current = this.#build();
    return this.#current;
  }

  /** What observing cost, by host. */
  costs(): {
    readonly host: string;
    readonly cost: Readonly<PollCost>;
    readonly vms: number;
    readonly staleVms: number;
  }[] {
    return [...this.#watches.values()].map(({ config, cost, vms }) => {
      let staleVms = 0;
      for (const vm of vms.values()) if (this.#vmFreshness(vm) !== 'fresh') staleVms++;
      return { host: config.name, cost, vms: vms.size, staleVms };
    });
  }

  #openWatches(): void {
    const { hosts, polling, rules } = this.#settings;
    const { clock, connect, log } = this.#options;
    const spread = Math.min(polling.intervalMs, hosts.length * connectEveryMs);
    for (const [index, config] of hosts.entries()) {
      if (this.#watches.has(config.name)) continue;
      const phase = index / hosts.length;
      const shared = { config, polling, clock, log };
      const onSample = (host: WatchedHost) => {
        this.#sampled(host);
      };
      const watch: Watch =
        config.virtTop === undefined
          ? new HostWatch({
              ...shared,
              phase,
              turn: index,
              firstAfterMs: phase * spread,
              rules,
              connect,
              onSample,
              onInventory: (change) => {
                this.#changed = true;
                this.emit('inventory', change);
              },
            })
          : new VirtTopWatch({ ...shared, source: config.virtTop, rules, onSample });
      this.#watches.set(config.name, watch);
      watch.start();
    }
  }

  #scheduleTick(): void {
    const { clock } = this.#options;
    const { intervalMs } = this.#settings.polling;
    const now = clock.monotonic();
    const next = (Math.floor((now + 1) / intervalMs) + 1) * intervalMs;
    this.#cancelTick = clock.after(next - now, () => {
      this.#current = this.#build();
      this.#scheduleTick();
      this.emit('snapshot', this.#current);
    });
  }

  #sampled(watch: WatchedHost): void {
    this.#changed = true;
    if (this.listenerCount('sample') === 0) return;
    const wallOf = this.#wallOf();
    const own = [...watch.vms.values()].filter((vm) => this.#settle(watch, vm) === watch);
    const freshness = this.#hostFreshness(watch);
    this.emit(
      'sample',
      hostView(watch, own, freshness, this.#options.clock.monotonic(), wallOf),
      own.map((vm) => this.#vmView(watch, vm, wallOf)),
    );
  }

  #build(): Snapshot {
    const { clock } = this.#options;
    const atMs = clock.monotonic();
    const wallOf = this.#wallOf();
    const owned = new Map<WatchedHost, WatchedVm[]>();
    const claims = new Map<string, Owned[]>();
    for (const watch of this.#watches.values()) {
      owned.set(watch, []);
      for (const vm of watch.vms.values()) {
        const known = claims.get(vm.reading.uuid);
        if (known === undefined) claims.set(vm.reading.uuid, [claimOf(watch, vm)]);
        else known.push(claimOf(watch, vm));
      }
    }
    const vms: Vm[] = [];
    this.#holders = new Map();
    for (const [uuid, list] of claims) {
      const { watch, vm } = list.length === 1 ? list[0]! : winningClaim(list);
      this.#holders.set(uuid, watch);
      owned.get(watch)!.push(vm);
      vms.push(this.#vmView(watch, vm, wallOf));
    }
    const hosts = [...owned].map(([watch, own]) =>
      hostView(watch, own, this.#hostFreshness(watch), atMs, wallOf),
    );
    this.#changed = false;
    return {
      fleet: this.#settings.fleet,
      at: Math.round(clock.now()),
      sequence: ++this.#sequence,
      hosts,
      vms,
    };
  }

  /** Which host has this VM of that host, should another one name it too. */
  #settle(watch: WatchedHost, vm: WatchedVm): WatchedHost {
    const { uuid } = vm.reading;
    const holder = this.#holders.get(uuid);
    if (holder === watch) return watch;
    const other = holder?.vms.get(uuid);
    const winner =
      holder === undefined || other === undefined
        ? watch
        : winningClaim([claimOf(holder, other), claimOf(watch, vm)]).watch;
    this.#holders.set(uuid, winner);
    return winner;
  }

  #vmView(watch: WatchedHost, vm: WatchedVm, wallOf: (ms: number) => number): Vm {
    return vm.view(watch.config.name, limitsOf(watch), watch.source, this.#vmFreshness(vm), wallOf);
  }

  #hostFreshness(watch: WatchedHost): Freshness {
    if (watch.sampledMs === null) return 'never';
    return this.#isOld(watch.sampledMs) ? 'stale' : 'fresh';
  }

  #vmFreshness(vm: WatchedVm): Freshness {
    return vm.hung || this.#isOld(vm.sampledMs) ? 'stale' : 'fresh';
  }

  #isOld(ms: number): boolean {
    return this.#options.clock.monotonic() - ms > this.#settings.staleMs;
  }

  /** Ages are kept by the clock that does not jump; dates are made of them when they are told. */
  #wallOf(): (ms: number) => number {
    const { clock, log } = this.#options;
    const offset = clock.now() - clock.monotonic();
    const jump = offset - this.#wallMinusMonotonic;
    if (Math.abs(jump) > clockJumpMs)
      log(
        `this machine's clock was set ${jump > 0 ? 'forward' : 'back'} by ${Math.round(Math.abs(jump) / 1000)} s`,
      );
    if (Math.abs(jump) > clockDriftMs) this.#wallMinusMonotonic = offset;
    const settled = this.#wallMinusMonotonic;
    return (ms) => ms + settled;
  }
}

type Owned = {
  readonly watch: WatchedHost;
  readonly vm: WatchedVm;
  readonly running: boolean;
  readonly runningSinceMs: number;
};

const claimOf = (watch: WatchedHost, vm: WatchedVm): Owned => ({
  watch,
  vm,
  running: vm.isRunning,
  runningSinceMs: vm.runningSinceMs,
});

const addressOf = ({ uri, virtTop }: HostConfig): string => JSON.stringify([uri, virtTop]);

export const createObserver = (options: ObserverOptions): Observer => new Observer(options);
