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
import type { TimedReading } from './vm-rates.ts';
import { vmConstraints } from './vm-rules.ts';
import type { VmRulesConfig } from './vm-rules-config.ts';
import type { PollingOptions } from './watched-host.ts';
import { WatchedVm } from './watched-vm.ts';

export type HostVmsOptions = {
  readonly clock: Clock;
  readonly polling: PollingOptions;
  readonly rules: readonly VmRulesConfig[];
  readonly onChange: (kind: InventoryChange['kind'], domain: DomainRef) => void;
  /** A VM is no longer here. */
  readonly onGone: (uuid: string) => void;
};

export type LifecycleEvent = {
  readonly domain: DomainRef;
  readonly event: number;
  readonly detail: number;
};

const groups =
  StatsGroup.state |
  StatsGroup.cpuTotal |
  StatsGroup.balloon |
  StatsGroup.vcpu |
  StatsGroup.interface |
  StatsGroup.block;

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
  readonly #unread = new Set<string>();
  #reading = false;
  #asked = false;

  constructor(options: HostVmsOptions) {
    this.#options = options;
    this.#polling = options.polling;
    this.#rules = options.rules;
  }

  reconfigure(polling: PollingOptions, rules: readonly VmRulesConfig[]): void {
    this.#polling = polling;
    this.#rules = rules;
    for (const vm of this.byUuid.values()) this.#constrain(vm);
  }

  /** Rates over more than this would hide what happened in between. */
  get longestMs(): number {
    return this.#polling.intervalMs * 3.5;
  }

  /** All that run, in one question. */
  ask(client: HostClient): Promise<readonly DomainStats[]> {
    return client.domainStats({ groups, filter: DomainFilter.active, ...this.#patience() });
  }

  /** Takes the answer to that; who is not named in it is gone. */
  take(answer: readonly DomainStats[], begunMs: number, endedMs: number): void {
    const { onChange } = this.#options;
    for (const domain of this.#untold.values()) onChange('started', domain); // no event came since the last poll
    this.#untold.clear();
    const named = new Set<string>();
    const found: DomainRef[] = [];
    for (const stats of answer) {
      const { uuid } = stats.domain;
      const goneMs = this.#gone.get(uuid);
      if (goneMs !== undefined && goneMs >= begunMs) continue; // asked before it went
      named.add(uuid);
      const isNew = this.#takeOne(stats, begunMs, endedMs);
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
        await this.#readOne(client, domain);
        this.#untold.delete(domain.uuid);
        onChange(detail === migrated.started ? 'arrived' : 'started', domain);
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
    const [stats] = await client.domainStats({ groups, domains: [domain], ...this.#patience() });
    if (stats === undefined || stateOf(stats.state?.state) === 'shutoff') return;
    this.#takeOne(stats, begunMs, clock.monotonic());
    void this.readDefinitions(client);
  }

  #takeOne(stats: DomainStats, begunMs: number, endedMs: number): boolean {
    const now: TimedReading = {
      reading: readDomain(stats),
      atMs: (begunMs + endedMs) / 2,
      uncertaintyMs: (endedMs - begunMs) / 2,
    };
    const wallMs = this.#options.clock.now();
    const known = this.byUuid.get(stats.domain.uuid);
    // another run, or another name, is another VM as far as its counters go
    if (known?.ref.id === stats.domain.id && known.ref.name === stats.domain.name) {
      known.update(now, this.longestMs, wallMs);
      return false;
    }
    this.byUuid.set(stats.domain.uuid, new WatchedVm(stats.domain, now, wallMs));
    this.#unread.add(stats.domain.uuid);
    return known === undefined;
  }

  #remove(uuid: string, atMs: number): void {
    this.byUuid.delete(uuid);
    this.#gone.set(uuid, atMs);
    this.#unread.delete(uuid);
    this.#untold.delete(uuid);
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
