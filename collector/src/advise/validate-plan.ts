import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import { type Dimension, dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm } from '../fleet/vm.ts';
import { modelHasFeature, offersModel } from './cpu-models.ts';

/*
 * The last gate. It replays a plan step by step on the snapshot itself and shares no code with the search, so that a
 * mistake in one is caught by the other. It is written for plainness: sums are made anew at each step.
 */

type Replay = {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly policy: Policy;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly index: SnapshotIndex;
  /** VMs that the plan moves, and where each counts: two places while it is copied. */
  readonly moving: ReadonlyMap<string, Vm>;
  readonly places: Map<string, readonly string[]>;
  readonly on: Set<string>;
  readonly problems: string[];
};

/** What is looked up in a snapshot by every plan that is replayed on it. */
type SnapshotIndex = {
  readonly hosts: ReadonlyMap<string, Host>;
  readonly vmsOn: ReadonlyMap<string, readonly Vm[]>;
  readonly byUuid: ReadonlyMap<string, Vm>;
  readonly twice: ReadonlySet<string>;
  readonly affinity: ReadonlyMap<string, readonly Vm[]>;
  readonly zoneSpread: ReadonlyMap<string, readonly Vm[]>;
  readonly meanMhz: number;
};

const indices = new WeakMap<Snapshot, SnapshotIndex>();

const indexOf = (snapshot: Snapshot): SnapshotIndex => {
  const known = indices.get(snapshot);
  if (known !== undefined) return known;
  const hosts = new Map(snapshot.hosts.map((host) => [host.name, host]));
  const vmsOn = new Map<string, Vm[]>();
  const byUuid = new Map<string, Vm>();
  const twice = new Set<string>();
  const affinity = new Map<string, Vm[]>();
  const zoneSpread = new Map<string, Vm[]>();
  const add = (to: Map<string, Vm[]>, key: string, vm: Vm) => {
    const list = to.get(key);
    if (list === undefined) to.set(key, [vm]);
    else list.push(vm);
  };
  for (const vm of snapshot.vms) {
    if (byUuid.has(vm.uuid)) twice.add(vm.uuid);
    byUuid.set(vm.uuid, vm);
    if (!takesRoom(vm) || hosts.get(vm.host)?.power === 'off') continue;
    add(vmsOn, vm.host, vm);
    for (const group of vm.rules.affinity) add(affinity, group, vm);
    if (vm.rules.zoneSpread !== null) add(zoneSpread, vm.rules.zoneSpread, vm);
  }
  const clocks = snapshot.hosts.flatMap((host) => host.capacity.cpuMhz ?? []);
  const meanMhz = clocks.length === 0 ? 0 : clocks.reduce((a, b) => a + b, 0) / clocks.length;
  const made = { hosts, vmsOn, byUuid, twice, affinity, zoneSpread, meanMhz };
  indices.set(snapshot, made);
  return made;
};

const takesRoom = (vm: Vm): boolean => vm.state !== 'shutoff' && vm.state !== 'crashed';
const slack = 1 + 1e-6;

/** Every hard constraint that a step of the plan would break, one sentence each; empty: the plan is safe. */
export const validatePlan = (
  snapshot: Snapshot,
  judgement: Judgement,
  policy: Policy,
  plan: Pick<Recommendation, 'moves' | 'power'>,
): string[] => {
  const index = indexOf(snapshot);
  const problems: string[] = [];
  const moving = new Map<string, Vm>();
  for (const { uuid } of plan.moves) {
    const vm = index.byUuid.get(uuid);
    if (vm !== undefined) moving.set(uuid, vm);
    if (index.twice.has(uuid)) problems.push(`uuid ${uuid} is not unique`);
  }
  const replay: Replay = {
    snapshot,
    judgement,
    policy,
    hosts: index.hosts,
    index,
    moving,
    places: new Map([...moving].map(([uuid, vm]) => [uuid, [vm.host]])),
    on: new Set(snapshot.hosts.filter((host) => host.power === 'on').map((host) => host.name)),
    problems,
  };
  if (plan.moves.length > policy.limits.perPlan)
    problems.push(`${plan.moves.length} moves are more than the ${policy.limits.perPlan} of one plan`);
  const spanBefore = affinitySpans(replay);
  const waves = [...plan.moves, ...plan.power].map((step) => step.wave);
  for (const wave of [...new Set(waves)].sort((a, b) => a - b)) replayWave(replay, plan, wave);
  for (const [group, span] of affinitySpans(replay))
    if (span > (spanBefore.get(group) ?? 0))
      problems.push(`the VMs of affinity group ${group} are torn apart`);
  return problems;
};

const replayWave = (replay: Replay, plan: Pick<Recommendation, 'moves' | 'power'>, wave: number): void => {
  const { policy, problems, places, on } = replay;
  for (const action of plan.power) if (action.wave === wave) switchHost(replay, action.host, action.action);
  const moves = plan.moves.filter((move) => move.wave === wave);
  if (moves.length > policy.limits.total) problems.push(`wave ${wave} has ${moves.length} moves at once`);
  const perHost = new Map<string, number>();
  for (const move of moves)
    for (const name of [move.from, move.to]) perHost.set(name, (perHost.get(name) ?? 0) + 1);
  for (const [name, count] of perHost) {
    if (count > Math.min(policy.limits.perHost, policy.limits.perLink))
      problems.push(`wave ${wave} has ${count} moves at once on ${name}`);
    const nic = replay.hosts.get(name)?.capacity.nicBitsPerSecond ?? null;
    if (nic !== null && loadOf(replay, name, 'net', 'now') > (policy.limits.linkBusy * slack * nic) / 8)
      problems.push(`wave ${wave} starts a move on the busy NIC of ${name}`);
  }
  const skewBefore = zoneSkews(replay);
  for (const move of moves) {
    const here = places.get(move.uuid);
    const vm = replay.moving.get(move.uuid);
    if (vm === undefined || here === undefined) {
      problems.push(`there is no VM ${move.uuid}`);
      continue;
    }
    if (here.length !== 1 || here[0] !== move.from)
      problems.push(`${move.vm} is not on ${move.from} in wave ${wave}`);
    if (move.from === move.to) problems.push(`${move.vm} would move to where it is`);
    checkMove(replay, vm, move.from, move.to);
    if (!move.forecast.converges) problems.push(`the migration of ${move.vm} does not converge`);
    if (move.forecast.seconds.value > policy.migration.maximumSeconds)
      problems.push(`the migration of ${move.vm} takes longer than allowed`);
    places.set(move.uuid, [...here, move.to]);
  }
  for (const name of new Set(moves.map((move) => move.to))) checkHost(replay, name, wave);
  for (const move of moves) places.set(move.uuid, [move.to]);
  for (const [group, skew] of zoneSkews(replay))
    if (skew > Math.max(1, skewBefore.get(group) ?? 0))
      problems.push(`wave ${wave} spreads group ${group} less evenly over the zones`);
  for (const action of plan.power)
    if (action.wave > wave && action.action === 'switch-on' && moves.some((move) => move.to === action.host))
      problems.push(`${action.host} is a target before it is switched on`);
  for (const move of moves) if (!on.has(move.to)) problems.push(`${move.to} is off in wave ${wave}`);
};

const switchHost = (replay: Replay, name: string, action: 'switch-on' | 'switch-off'): void => {
  const { on, problems, policy } = replay;
  const host = replay.hosts.get(name);
  if (host === undefined) {
    problems.push(`there is no host ${name} to switch`);
  } else if (action === 'switch-on') {
    if (host.power !== 'off') problems.push(`${name} is not known to be off`);
    on.add(name);
  } else {
    if (vmsOn(replay, name).length > 0) problems.push(`${name} would be switched off with VMs on it`);
    on.delete(name);
    if (on.size < policy.consolidation.minimumHosts)
      problems.push('fewer hosts would be on than the policy keeps');
  }
};

const checkMove = (replay: Replay, vm: Vm, fromName: string, toName: string): void => {
  const { policy, judgement, problems, hosts } = replay;
  const from = hosts.get(fromName);
  const to = hosts.get(toName);
  const say = (what: string) => problems.push(`${vm.name} to ${toName}: ${what}`);
  if (from === undefined || to === undefined) {
    say('unknown host');
    return;
  }
  const { rules } = vm;
  if (rules.neverMigrate) say('never to be migrated');
  if (vm.state !== 'running') say(`it is ${vm.state}`);
  if (vm.freshness !== 'fresh') say('its data is not fresh');
  if (rules.blockedDevices.length > 0) say('a device blocks migration');
  if (rules.localDiskBytes > 0 && rules.localDisks === 'refuse') say('local disk');
  if (rules.localDiskBytes > policy.migration.copyDisksBytesMax) say('local disk too large');
  if (rules.pinnedTo.length > 0 && !rules.pinnedTo.includes(toName)) say('pinned elsewhere');
  if (rules.hostGroup !== null && !to.groups.includes(rules.hostGroup)) say('outside its host group');
  for (const network of rules.networks)
    if (to.networks !== undefined && !to.networks.includes(network)) say(`network ${network} is missing`);
  for (const host of [from, to]) {
    if (judgement.blockedHosts.has(host.name)) say(`${host.name} is blocked`);
    if (host.power === 'on' && host.freshness !== 'fresh') say(`${host.name} is not fresh`);
    if (policy.migration.requireTls && host.features?.includes('tls-migration') !== true)
      say(`${host.name} offers no TLS`);
  }
  if (to.maintenance) say('in maintenance');
  if (to.neverTarget) say('never a target');
  if (judgement.suspectHosts.has(toName)) say('suspect');
  if (to.pressure !== null && to.power === 'on' && to.pressure > policy.pressureMax) say('under pressure');
  const source = hosts.get(vm.host)!;
  const equal = source.cpuModel === null || to.cpuModel === null || source.cpuModel === to.cpuModel;
  if (['host-passthrough', 'host-model'].includes(rules.cpuModel ?? '') && !equal) say('other CPU model');
  const offers = (model: string | null) =>
    to.cpuModel === null || model === null ? null : offersModel(to.cpuModel, model);
  if (!equal && offers(rules.cpuModel) === false) say('no such CPU model');
  const asYoung = equal || offers(source.cpuModel) === true;
  for (const feature of rules.cpuFeatures) {
    const listed = to.cpuFeatures?.includes(feature) === true;
    const lost = to.cpuFeatures !== undefined && source.cpuFeatures?.includes(feature) === true;
    const known = to.cpuModel === null ? null : modelHasFeature(to.cpuModel, feature);
    if (!listed && !(known ?? (asYoung && !lost))) say(`CPU feature ${feature} is missing`);
  }
  const nodes = to.capacity.numaNodes ?? [];
  if (rules.numaNodes > 0 && nodes.length > 0) {
    const largest = (sizes: number[]) => sizes.sort((a, b) => b - a).slice(0, rules.numaNodes);
    const sum = (sizes: number[]) => sizes.reduce((a, b) => a + b, 0);
    if (sum(largest(nodes.map((node) => node.memBytes))) < vm.memory.maximumBytes) say('NUMA memory');
    if (sum(largest(nodes.map((node) => node.cpuCores))) < vm.vcpus) say('NUMA cores');
  }
};

const vmsOn = (replay: Replay, name: string): Vm[] => [
  ...(replay.index.vmsOn.get(name) ?? []).filter((vm) => !replay.moving.has(vm.uuid)),
  ...[...replay.moving.values()].filter((vm) => replay.places.get(vm.uuid)!.includes(name)),
];

/** The limits of one host with all that counts there, arrivals included. */
const checkHost = (replay: Replay, name: string, wave: number): void => {
  const { policy, problems } = replay;
  const host = replay.hosts.get(name);
  if (host === undefined) return;
  const here = vmsOn(replay, name);
  const sum = (size: (vm: Vm) => number) => here.reduce((total, vm) => total + size(vm), 0);
  const room = (host.capacity.memBytes - policy.overcommit.hostReservedBytes) * policy.overcommit.mem;
  const say = (what: string) => problems.push(`wave ${wave}: ${name} ${what}`);
  if (sum((vm) => vm.memory.maximumBytes) > room * slack) say('has its memory overcommitted');
  if (sum((vm) => vm.vcpus) > host.capacity.cpuCores * policy.overcommit.cpu * slack)
    say('has too many vCPUs');
  for (const dimension of dimensions) {
    const most = capacityIn(replay, host, dimension) * (policy.loadMax[dimension] - policy.margin);
    if (Number.isNaN(most)) continue;
    for (const when of ['now', 'later'] as const) {
      const load = loadOf(replay, name, dimension, when);
      if (load > most * slack + 1e-6)
        say(`passes its ${dimension} limit ${when} (${load.toPrecision(5)} > ${most.toPrecision(5)})`);
    }
  }
  const kept = here.flatMap((vm) => [...new Set(vm.rules.antiAffinity)]);
  const arrived = here.filter((vm) => vm.host !== name).flatMap((vm) => vm.rules.antiAffinity);
  for (const group of new Set(arrived))
    if (kept.filter((other) => other === group).length > 1)
      say(`has two VMs of anti-affinity group ${group}`);
};

const capacityIn = (replay: Replay, host: Host, dimension: Dimension): number => {
  const { cpuCores, cpuMhz, memBytes, nicBitsPerSecond, diskBytesPerSecond } = host.capacity;
  switch (dimension) {
    case 'cpu':
      return (
        cpuCores * (cpuMhz === undefined || replay.index.meanMhz === 0 ? 1 : cpuMhz / replay.index.meanMhz)
      );
    case 'mem':
      return memBytes;
    case 'net':
      return nicBitsPerSecond === null ? NaN : nicBitsPerSecond / 8;
    case 'disk':
      return diskBytesPerSecond ?? NaN;
  }
};

/** What a VM uses, in the units of `capacityIn`; null where nobody measured it. */
const useOf = (replay: Replay, vm: Vm, dimension: Dimension): number | null => {
  const { usage, load, memory } = vm;
  const pair = (a: number | null, b: number | null, join: (a: number, b: number) => number) =>
    a === null && b === null ? null : join(a ?? 0, b ?? 0);
  switch (dimension) {
    case 'cpu': {
      const home = replay.hosts.get(vm.host)!;
      const cores = usage.cpuCores ?? (load.cpu === null ? null : load.cpu * vm.vcpus);
      return cores === null ? null : (cores * capacityIn(replay, home, 'cpu')) / home.capacity.cpuCores;
    }
    case 'mem':
      return usage.memBytes ?? memory.usedBytes ?? memory.currentBytes;
    case 'net':
      return pair(usage.netRxBytesPerSecond, usage.netTxBytesPerSecond, Math.max);
    case 'disk':
      return pair(usage.diskReadBytesPerSecond, usage.diskWriteBytesPerSecond, (a, b) => a + b);
  }
};

/** What was measured (or is forecast) on a host, less those that left, plus those that came. */
const loadOf = (replay: Replay, name: string, dimension: Dimension, when: 'now' | 'later'): number => {
  const host = replay.hosts.get(name)!;
  const capacity = capacityIn(replay, host, dimension);
  if (Number.isNaN(capacity)) return 0;
  const minutes = replay.policy.horizonMinutes;
  const running = host.power === 'on';
  const measured = running ? (host.load[dimension] ?? 0) * capacity : 0;
  const point = running && when === 'later' ? replay.judgement.forecast(name, dimension, minutes) : null;
  let load = point === null ? measured : Math.max(0, point.high) * capacity;
  // A VM that the plan does not move is in what was measured.
  for (const [uuid, hosts] of replay.places) {
    const vm = replay.moving.get(uuid)!;
    const home = vm.host === name;
    const counts = hosts.includes(name);
    if (home === counts) continue;
    load += (counts ? 1 : -1) * shareOf(replay, vm, dimension, when, counts, point !== null);
  }
  return load;
};

const shareOf = (
  replay: Replay,
  vm: Vm,
  dimension: Dimension,
  when: 'now' | 'later',
  comes: boolean,
  hostIsForecast: boolean,
): number => {
  const use = useOf(replay, vm, dimension);
  if (use === null) return comes ? unaccounted(replay, vm.host, dimension) : 0;
  if (when === 'now') return use;
  const point = replay.judgement.forecast(vm.uuid, dimension, replay.policy.horizonMinutes);
  const share = vm.load[dimension];
  const scale =
    dimension === 'cpu'
      ? (vm.vcpus * capacityIn(replay, replay.hosts.get(vm.host)!, 'cpu')) /
        replay.hosts.get(vm.host)!.capacity.cpuCores
      : share !== null && share > 0.01 && use > 0
        ? use / share
        : dimension === 'mem'
          ? vm.memory.currentBytes
          : 0;
  if (point === null || scale === 0) return use;
  if (comes) return Math.max(0, point.high) * scale;
  return hostIsForecast ? Math.max(0, point.value) * scale : use;
};

/** The traffic of a host that no VM with known traffic accounts for. */
const unaccounted = (replay: Replay, name: string, dimension: Dimension): number => {
  const host = replay.hosts.get(name)!;
  const capacity = capacityIn(replay, host, dimension);
  if (Number.isNaN(capacity)) return 0;
  const known = (replay.index.vmsOn.get(name) ?? []).filter((vm) => useOf(replay, vm, dimension) !== null);
  const sum = known.reduce((total, vm) => total + useOf(replay, vm, dimension)!, 0);
  return Math.max(0, (host.load[dimension] ?? 0) * capacity - sum);
};

/** Only groups of which the plan moves a member can change. */
const groupsOf = (replay: Replay, of: (vm: Vm) => readonly string[]): Set<string> =>
  new Set([...replay.moving.values()].flatMap(of));

const placesOf = (replay: Replay, vm: Vm): readonly string[] => replay.places.get(vm.uuid) ?? [vm.host];

const affinitySpans = (replay: Replay): Map<string, number> => {
  const spans = new Map<string, number>();
  for (const group of groupsOf(replay, (vm) => vm.rules.affinity)) {
    const members = replay.index.affinity.get(group) ?? [];
    spans.set(group, new Set(members.flatMap((vm) => placesOf(replay, vm))).size);
  }
  return spans;
};

const zoneSkews = (replay: Replay): Map<string, number> => {
  const skews = new Map<string, number>();
  const groups = groupsOf(replay, (vm) => (vm.rules.zoneSpread === null ? [] : [vm.rules.zoneSpread]));
  if (groups.size === 0) return skews;
  const zones = new Set(replay.snapshot.hosts.flatMap((host) => host.zone ?? []));
  for (const group of groups) {
    const counts = new Map([...zones].map((zone) => [zone, 0]));
    for (const vm of replay.index.zoneSpread.get(group) ?? []) {
      const zone = replay.hosts.get(placesOf(replay, vm)[0]!)?.zone ?? null;
      if (zone !== null) counts.set(zone, (counts.get(zone) ?? 0) + 1);
    }
    skews.set(group, counts.size === 0 ? 0 : Math.max(...counts.values()) - Math.min(...counts.values()));
  }
  return skews;
};
