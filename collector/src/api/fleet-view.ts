import type { ClassChange } from '../fleet/class-change.ts';
import type { Finding } from '../fleet/finding.ts';
import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import { dimensions, type Load } from '../fleet/load.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm } from '../fleet/vm.ts';
import type { CompactVmRow, HostState, HostView, VmView } from './views.ts';

/** One snapshot with what was judged of it, indexed for the questions that the API answers. Never changes. */
export class FleetView {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement | null;
  readonly #horizonMinutes: number;
  #hosts: ReadonlyMap<string, Host> | undefined;
  #vms: ReadonlyMap<string, Vm> | undefined;
  #vmsByHost: ReadonlyMap<string, readonly Vm[]> | undefined;
  #findings: ReadonlyMap<string, readonly Finding[]> | undefined;
  #changes: ReadonlyMap<string, ClassChange> | undefined;
  #hostViews: readonly HostView[] | undefined;

  constructor(snapshot: Snapshot, judgement: Judgement | null, horizonMinutes: number) {
    this.snapshot = snapshot;
    this.judgement = judgement;
    this.#horizonMinutes = horizonMinutes;
  }

  get hosts(): ReadonlyMap<string, Host> {
    return (this.#hosts ??= new Map(this.snapshot.hosts.map((host) => [host.name, host])));
  }

  get vms(): ReadonlyMap<string, Vm> {
    return (this.#vms ??= new Map(this.snapshot.vms.map((vm) => [vm.uuid, vm])));
  }

  vmsOn(host: string): readonly Vm[] {
    this.#vmsByHost ??= grouped(this.snapshot.vms, (vm) => vm.host);
    return this.#vmsByHost.get(host) ?? [];
  }

  findingsAbout(type: 'host' | 'vm' | 'fleet', id: string): readonly Finding[] {
    this.#findings ??= grouped(
      this.judgement?.findings ?? [],
      (finding) => `${finding.subject.type} ${finding.subject.id}`,
    );
    return this.#findings.get(`${type} ${id}`) ?? [];
  }

  classChangeOf(uuid: string): ClassChange | null {
    this.#changes ??= likeliestChanges(this.judgement?.classChanges ?? []);
    return this.#changes.get(uuid) ?? null;
  }

  hostViews(): readonly HostView[] {
    return (this.#hostViews ??= this.snapshot.hosts.map((host) => this.hostView(host)));
  }

  hostView(host: Host): HostView {
    const findings = this.findingsAbout('host', host.name);
    return {
      ...host,
      states: hostStates(host, findings, this.judgement),
      vmCount: this.vmsOn(host.name).length,
      findings: findings.map((finding) => finding.id),
      forecast: { minutes: this.#horizonMinutes, load: this.#forecast(host.name) },
    };
  }

  vmView(vm: Vm): VmView {
    return {
      ...vm,
      loadClass: this.judgement?.classes.get(vm.uuid) ?? null,
      classChange: this.classChangeOf(vm.uuid),
      findings: this.findingsAbout('vm', vm.uuid).map((finding) => finding.id),
    };
  }

  compactVm(vm: Vm): CompactVmRow {
    const change = this.classChangeOf(vm.uuid);
    const told = change?.announced === true ? change : null;
    return [
      vm.uuid,
      vm.name,
      vm.host,
      vm.state,
      vm.freshness,
      this.judgement?.classes.get(vm.uuid) ?? null,
      rounded(vm.load.cpu),
      rounded(vm.load.mem),
      rounded(vm.load.net),
      rounded(vm.load.disk),
      rounded(vm.pressure),
      vm.vcpus,
      vm.memory.currentBytes,
      told?.to ?? null,
      told?.when ?? null,
      rounded(told?.probability ?? null),
    ];
  }

  #forecast(subject: string): Load {
    const at = (dimension: (typeof dimensions)[number]): number | null =>
      rounded(this.judgement?.forecast(subject, dimension, this.#horizonMinutes)?.value ?? null);
    return { cpu: at('cpu'), mem: at('mem'), net: at('net'), disk: at('disk') };
  }
}

const stateOfFinding: Readonly<Partial<Record<Finding['kind'], HostState>>> = {
  hotspot: 'hot',
  'hotspot-predicted': 'hot-soon',
  'abrupt-load': 'abrupt',
  coldspot: 'cold',
};

function hostStates(host: Host, findings: readonly Finding[], judgement: Judgement | null): HostState[] {
  const states = new Set<HostState>();
  for (const finding of findings) {
    const state = stateOfFinding[finding.kind];
    if (state) states.add(state);
  }
  if (host.freshness !== 'fresh') states.add('stale');
  if (judgement?.suspectHosts.has(host.name) === true) states.add('suspect');
  if (host.maintenance) states.add('draining');
  if (host.power === 'off') states.add('off');
  return [...states];
}

function likeliestChanges(changes: readonly ClassChange[]): Map<string, ClassChange> {
  const best = new Map<string, ClassChange>();
  for (const change of changes) {
    const other = best.get(change.uuid);
    if (!other || change.probability > other.probability) best.set(change.uuid, change);
  }
  return best;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

const rounded = (share: number | null): number | null =>
  share === null ? null : Math.round(share * 1000) / 1000;
