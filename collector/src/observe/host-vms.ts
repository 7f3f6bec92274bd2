import {
  DomainFilter,
  domainGetXmlDesc,
  type DomainRef,
  type DomainStats,
  Lifecycle,
  StatsGroup,
} from '@evenkeel/libvirt';
import type { Clock } from '../fleet/clock.ts';
import { readDomain, stateOf } from './domain-reading.ts';
import { parseDomainXml } from './domain-xml.ts';
import type { HostClient } from './host-client.ts';
import type { InventoryChange } from './inventory-change.ts';
import { everything, turnAt, turnGroups, type Asked, type TurnGroup } from './read-turns.ts';
import type { TimedReading } from './vm-rates.ts';
import { vmConstraints } from './vm-rules.ts';
import type { VmRulesConfig } from './vm-rules-config.ts';
import type { PollingOptions } from './watched-host.ts';
import { type LongestMs, WatchedVm } from './watched-vm.ts';

export type HostVmsOptions = {
  readonly clock: Clock;
  readonly polling: PollingOptions;
  readonly rules: readonly VmRulesConfig[];
  /** Where in the turns this host begins, so that not all of a fleet are asked for the same at once. */
  readonly turn: number;
  readonly onChange: (kind: InventoryChange['kind'], domain: DomainRef) => void;
  /** A VM is no longer here. */
  readonly onGone: (uuid: string) => void;
};

export type LifecycleEvent = {
  readonly domain: DomainRef;
  readonly event: number;
  readonly detail: number;
};

/** What one poll was told, and what it had asked for. */
export type VmsAnswer = { readonly asked: Asked; readonly stats: readonly DomainStats[] };

const groupsOf = (asked: Asked): number =>
  StatsGroup.state |
  StatsGroup.cpuTotal |
  StatsGroup.interface |
  (asked.memory ? StatsGroup.balloon : 0) |
  (asked.disk ? StatsGroup.block : 0) |
  (asked.pressure ? StatsGroup.vcpu : 0);

/** Rates over more than so many intervals beyond the usual distance would hide what happened in between. */
const toleratedIntervals = 2.5;

/** The detail that says so, of a VM that started or stopped. */
const migrated = { started: 1, stopped: 3 } as const;

/** The VMs of one host, as its answers and its events tell of them. */
export class HostVms {
  readonly byUuid = new Map<string, WatchedVm>();
  readonly #options: HostVmsOptions;
  #polling: PollingOptions;
  #rules: readonly VmRulesConfig[];
  /** VMs that an event has taken away: an answer that was under way may still name them. */
  readonly #gone = new Map<string, number>();
  /** VMs that a poll has found: an event, which knows more, may be on its way. */
  readonly #untold = new Map<string, DomainRef>();
  /** VMs whose start an event is just about to tell, once they are read. */
  readonly #telling = new Set<string>();
  /** Which run of a VM a poll has told of: its event, coming late, says nothing new. */
  readonly #toldRuns = new Map<string, number>();
  readonly #unread = new Set<string>();
  #reading = false;
  #asked = false;
  #turn: number;

  constructor(options: HostVmsOptions) {
    this.#options = options;
    this.#polling = options.polling;
    this.#rules = options.rules;
    this.#turn = options.turn;
  }

  reconfigure(polling: PollingOptions, rules: readonly VmRulesConfig[]): void {
    this.#polling = polling;
    this.#rules = rules;
    for (const vm of this.byUuid.values()) this.#constrain(vm);
  }

  get longestMs(): LongestMs {
    const { intervalMs, turns } = this.#polling;
    const after = (polls: number): number => (polls + toleratedIntervals) * intervalMs;
    return {
      base: after(1),
      memory: after(turns?.memory ?? 1),
      disk: after(turns?.disk ?? 1),
      pressure: after(turns?.pressure ?? 1),
    };
  }

  /** All that run, in one question; for everything if the host is lively, else for what has its turn or is missing. */
  async ask(client: HostClient, lively: boolean): Promise<VmsAnswer> {
    const asked = lively ? everything : this.#nextTurn();
    const groups = groupsOf(asked);
    return {
      asked,
      stats: await client.domainStats({ groups, filter: DomainFilter.active, ...this.#patience() }),
    };
  }

  #nextTurn(): Asked {
    const { turns } = this.#polling;
    if (turns === undefined || !this.#asked) return everything;
    const asked: Record<TurnGroup, boolean> = { ...turnAt(this.#turn++, turns) };
    for (const vm of this.byUuid.values())
      for (const group of turnGroups) asked[group] ||= vm.isMissing(group);
    return asked;
  }

  /** Takes the answer to that; who is not named in it is gone. */
  take({ asked, stats: answer }: VmsAnswer, begunMs: number, endedMs: number): void {
    const { onChange } = this.#options;
    for (const domain of this.#untold.values()) {
      if (this.#telling.has(domain.uuid)) continue;
      this.#toldRuns.set(domain.uuid, domain.id);
      onChange('started', domain); // no event came since the last poll
    }
    this.#untold.clear();
    const named = new Set<string>();
    const found: DomainRef[] = [];
    for (const stats of answer) {
      const { uuid } = stats.domain;
      const goneMs = this.#gone.get(uuid);
      if (goneMs !== undefined && goneMs >= begunMs) continue; // asked before it went
      named.add(uuid);
      const isNew = this.#takeOne(stats, asked, begunMs, endedMs);
      if (isNew && this.#asked) found.push(stats.domain);
    }
    for (const [uuid, vm] of this.byUuid) {
      if (named.has(uuid) || vm.sampledMs > begunMs) continue; // told by an event while the answer was under way
      this.#remove(uuid, endedMs);
      onChange('stopped', vm.ref);
    }
    for (const domain of found) this.#untold.set(domain.uuid, domain);
    for (const [uuid, goneMs] of this.#gone) if (goneMs < begunMs) this.#gone.delete(uuid);
    this.#asked = true;
  }

  async hear({ domain, event, detail }: LifecycleEvent, client: HostClient): Promise<void> {
    const { clock, onChange } = this.#options;
    const at = clock.monotonic();
    const vm = this.byUuid.get(domain.uuid);
    switch (event) {
      case Lifecycle.started:
        this.#gone.delete(domain.uuid);
        this.#telling.add(domain.uuid);
        try {
          await this.#readOne(client, domain);
        } finally {
          this.#telling.delete(domain.uuid);
        }
        this.#untold.delete(domain.uuid);
        if (detail === migrated.started) onChange('arrived', domain);
        else if (this.#toldRuns.get(domain.uuid) !== domain.id) onChange('started', domain);
        return;
      case Lifecycle.resumed:
        if (vm === undefined) await this.#readOne(client, domain);
        else vm.setState('running', at);
        onChange('resumed', domain);
        return;
      case Lifecycle.suspended:
        vm?.setState('paused', at);
        onChange('paused', domain);
        return;
      case Lifecycle.pmSuspended:
        vm?.setState('suspended', at);
        onChange('paused', domain);
        return;
      case Lifecycle.stopped:
      case Lifecycle.crashed:
        this.#remove(domain.uuid, at);
        onChange(detail === migrated.stopped && event === Lifecycle.stopped ? 'left' : 'stopped', domain);
        return;
      case Lifecycle.defined:
        if (vm !== undefined) this.#unread.add(domain.uuid);
        return;
      default:
        return;
    }
  }

  /** Reads the definitions of new and changed VMs, one after the other. */
  async readDefinitions(client: HostClient): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (const uuid of this.#unread) {
        const vm = this.byUuid.get(uuid);
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

  async #readOne(client: HostClient, domain: DomainRef): Promise<void> {
    const { clock } = this.#options;
    const begunMs = clock.monotonic();
    const groups = groupsOf(everything);
    const [stats] = await client.domainStats({ groups, domains: [domain], ...this.#patience() });
    if (stats === undefined || stateOf(stats.state?.state) === 'shutoff') return;
    this.#takeOne(stats, everything, begunMs, clock.monotonic());
    void this.readDefinitions(client);
  }

  #takeOne(stats: DomainStats, asked: Asked, begunMs: number, endedMs: number): boolean {
    const now: TimedReading = {
      reading: readDomain(stats),
      atMs: (begunMs + endedMs) / 2,
      uncertaintyMs: (endedMs - begunMs) / 2,
    };
    const wallMs = this.#options.clock.now();
    const known = this.byUuid.get(stats.domain.uuid);
    // another run, or another name, is another VM as far as its counters go
    if (known?.ref.id === stats.domain.id && known.ref.name === stats.domain.name) {
      const disks = known.reading.diskSizes.length;
      known.update(now, asked, this.longestMs, wallMs);
      if (known.reading.diskSizes.length !== disks) this.#constrain(known);
      return false;
    }
    this.byUuid.set(stats.domain.uuid, new WatchedVm(stats.domain, now, asked, wallMs));
    this.#unread.add(stats.domain.uuid);
    return known === undefined;
  }

  #remove(uuid: string, atMs: number): void {
    this.byUuid.delete(uuid);
    this.#gone.set(uuid, atMs);
    this.#unread.delete(uuid);
    this.#untold.delete(uuid);
    this.#toldRuns.delete(uuid);
    this.#options.onGone(uuid);
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

  #patience(): { readonly timeoutMs: number; readonly askAgainAfterMs: number } {
    const timeoutMs = this.#polling.deadlineMs;
    return { timeoutMs, askAgainAfterMs: Math.min(1000, timeoutMs / 3) };
  }
}
