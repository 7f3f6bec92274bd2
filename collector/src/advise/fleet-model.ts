import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import { dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import { atOnce, type Sliced } from '../fleet/sliced.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm, VmRules } from '../fleet/vm.ts';
import { bundleVms } from './bundle-vms.ts';
import { CPU, demandPerShare, hostCapacity, MEM, meanMhz, speedOf, vmDemand, WIDTH } from './demand.ts';
import type { RefusalCode } from './refusal.ts';

/**
 * The fleet in numbers, made once from a snapshot and read by the whole search. What moves is a *unit*: one VM, or
 * the VMs of one host that affinity ties together. Demands are absolute (cores, bytes, bytes per second), so that
 * they can be added up over VMs and set against any host's capacity.
 */
export type FleetModel = {
  readonly snapshot: Snapshot;
  readonly judgement: Judgement;
  readonly policy: Policy;
  readonly hosts: readonly Host[];
  readonly hostIndex: ReadonlyMap<string, number>;
  /** VMs that take room on a known host, running or paused. */
  readonly vms: readonly Vm[];
  readonly vmIndex: ReadonlyMap<string, number>;
  readonly speed: Float64Array;
  /** Per host and dimension; NaN where not known. */
  readonly capacity: Float64Array;
  /** What a plan may fill a host up to: loadMax less the policy's margin. Infinity where there is no capacity. */
  readonly limit: Float64Array;
  readonly hostNow: Float64Array;
  /** The upper end of the host's forecast at the horizon; what is measured now where there is none. */
  readonly hostLater: Float64Array;
  readonly memoryRoom: Float64Array;
  readonly vcpuRoom: Float64Array;
  /** Why a host can be no target; null: it can. */
  readonly noTarget: readonly (RefusalCode | null)[];
  /** Hosts that nothing may be planned on either. */
  readonly untouchable: Uint8Array;
  readonly unitCount: number;
  readonly unitOf: Int32Array;
  readonly membersOf: (unit: number) => readonly number[];
  readonly home: Int32Array;
  /** Units by the host they are on at first. */
  readonly unitsOn: readonly Int32Array[];
  readonly now: Float64Array;
  readonly vcpus: Float64Array;
  readonly memory: Float64Array;
  /** A first idea of what moving costs, in bytes over the wire. */
  readonly bytes: Float64Array;
  /** 0..100, the most important VM of the unit. */
  readonly importance: Uint8Array;
  readonly immovable: readonly (RefusalCode | null)[];
  /** Anti-affinity and zone groups by number. */
  readonly antiAffinity: ReadonlyMap<number, readonly number[]>;
  readonly zoneSpread: ReadonlyMap<number, readonly number[]>;
  readonly zoneOf: Int32Array;
  readonly zoneCount: number;
  /** What the horizon brings: `leave` is taken off a host that the unit leaves, `join` comes onto one that it joins. */
  readonly later: (unit: number) => { readonly leave: Float64Array; readonly join: Float64Array };
  /** 0 low, 1 medium, 2 high, 3 not known. */
  readonly loadClass: Uint8Array;
};

const occupies = (vm: Vm): boolean =>
  vm.state === 'running' || vm.state === 'paused' || vm.state === 'unknown' || vm.state === 'suspended';

const vmsPerSlice = 1000;

export const buildFleetModel = (...input: Parameters<typeof fleetModelInSlices>): FleetModel =>
  atOnce(fleetModelInSlices(...input));

/** The same with pauses. */
export const fleetModelInSlices = function* (
  snapshot: Snapshot,
  judgement: Judgement,
  policy: Policy,
  untrusted: ReadonlySet<string> = new Set(),
): Sliced<FleetModel> {
  const { hosts } = snapshot;
  const hostIndex = new Map<string, number>();
  hosts.forEach((host, h) => {
    if (!hostIndex.has(host.name)) hostIndex.set(host.name, h);
  });
  const vms: Vm[] = [];
  const vmIndex = new Map<string, number>();
  const vmHost: number[] = [];
  for (const [place, vm] of snapshot.vms.entries()) {
    if (place % vmsPerSlice === 0) yield;
    const h = hostIndex.get(vm.host);
    if (h === undefined || !occupies(vm) || hosts[h]!.power === 'off') continue;
    vmIndex.set(vm.uuid, vms.length);
    vms.push(vm);
    vmHost.push(h);
  }
  const H = hosts.length;
  const mhz = meanMhz(hosts);
  const speed = Float64Array.from(hosts, (host) => speedOf(host, mhz));
  const capacity = new Float64Array(H * WIDTH);
  const limit = new Float64Array(H * WIDTH);
  const hostNow = new Float64Array(H * WIDTH);
  const hostLater = new Float64Array(H * WIDTH);
  const laterKnown = new Uint8Array(H * WIDTH);
  const noTarget: (RefusalCode | null)[] = [];
  const untouchable = new Uint8Array(H);
  hosts.forEach((host, h) => {
    hostCapacity(host, speed[h]!, capacity, h * WIDTH);
    const running = host.power === 'on';
    dimensions.forEach((dimension, d) => {
      const i = h * WIDTH + d;
      const room = capacity[i]!;
      limit[i] = Number.isNaN(room)
        ? Infinity
        : room * Math.max(0, policy.loadMax[dimension] - policy.margin);
      const share = host.load[dimension];
      hostNow[i] = running && share !== null && !Number.isNaN(room) ? share * room : 0;
      const point = running ? judgement.forecast(host.name, dimension, policy.horizonMinutes) : null;
      const known = point !== null && !Number.isNaN(room);
      laterKnown[i] = known ? 1 : 0;
      hostLater[i] = known ? Math.max(0, point.high) * room : hostNow[i];
    });
    const blocked = untrusted.has(host.name) || judgement.blockedHosts.has(host.name);
    untouchable[h] = blocked || (running && host.freshness !== 'fresh') ? 1 : 0;
    noTarget.push(whyNoTarget(host, untouchable[h] === 1, judgement, policy));
  });

  const V = vms.length;
  const vmNow = new Float64Array(V * WIDTH);
  for (let v = 0; v < V; v += 1) {
    if (v % vmsPerSlice === 0) yield;
    vmDemand(vms[v]!, speed[vmHost[v]!]!, vmNow, v * WIDTH);
  }
  yield;
  const unmeasured = spreadUnmeasured(vmNow, vmHost, hostNow, capacity);
  yield;
  const bundles = bundleVms(vms, vmHost);
  const U = bundles.unitCount;
  const now = new Float64Array(U * WIDTH);
  const vcpus = new Float64Array(U);
  const memory = new Float64Array(U);
  const bytes = new Float64Array(U);
  const importance = new Uint8Array(U);
  const home = new Int32Array(U);
  const loadClass = new Uint8Array(U).fill(3);
  const immovable = new Array<RefusalCode | null>(U).fill(null);
  for (const u of bundles.contradictory) immovable[u] = 'contradictory-rules';
  const classNumber = { low: 0, medium: 1, high: 2 };
  for (let v = 0; v < V; v += 1) {
    if (v % vmsPerSlice === 0) yield;
    const vm = vms[v]!;
    const u = bundles.unitOf[v]!;
    home[u] = vmHost[v]!;
    for (let d = 0; d < WIDTH; d += 1) now[u * WIDTH + d]! += vmNow[v * WIDTH + d]!;
    vcpus[u]! += vm.vcpus;
    memory[u]! += vm.memory.maximumBytes;
    bytes[u]! += vmNow[v * WIDTH + MEM]! + (vm.rules.localDisks === 'copy' ? vm.rules.localDiskBytes : 0);
    importance[u] = Math.max(importance[u]!, vm.priority);
    const known = judgement.classes.get(vm.uuid);
    if (known !== undefined)
      loadClass[u] = loadClass[u] === 3 ? classNumber[known] : Math.max(loadClass[u]!, classNumber[known]);
    immovable[u] ??= whyImmovable(vm, Number.isNaN(vmNow[v * WIDTH + CPU]!), policy);
    if (untouchable[vmHost[v]!] === 1) immovable[u] = 'source-not-trusted';
  }
  yield;
  const counts = new Int32Array(H);
  for (let u = 0; u < U; u += 1) counts[home[u]!]! += 1;
  const unitsOn = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let u = 0; u < U; u += 1) {
    const h = home[u]!;
    unitsOn[h]![counts[h]!] = u;
    counts[h]! += 1;
  }
  const membersOf = (u: number): readonly number[] => bundles.members.get(u) ?? [bundles.firstVm[u]!];

  const pending = risingVms(snapshot, judgement, policy, vmIndex);
  const cache = new Map<number, { leave: Float64Array; join: Float64Array }>();
  const later = (u: number) => {
    const found = cache.get(u);
    if (found !== undefined) return found;
    const leave = new Float64Array(WIDTH);
    const join = new Float64Array(WIDTH);
    for (const v of membersOf(u)) {
      const vm = vms[v]!;
      const h = vmHost[v]!;
      dimensions.forEach((dimension, d) => {
        const i = h * WIDTH + d;
        const at = vmNow[v * WIDTH + d]!;
        const point = unmeasured(v, d) ? null : judgement.forecast(vm.uuid, dimension, policy.horizonMinutes);
        const unit = demandPerShare(vm, speed[h]!, d, at);
        const rise = pending.get(v)?.[d] ?? 0;
        if (point === null || unit === 0) {
          leave[d]! += unmeasured(v, d) ? 0 : at;
          join[d]! += Math.max(at, rise * unit);
        } else {
          leave[d]! += laterKnown[i] === 1 ? Math.max(0, point.value) * unit : at;
          join[d]! += Math.max(0, point.high, rise) * unit;
        }
      });
    }
    const made = { leave, join };
    cache.set(u, made);
    return made;
  };
  // A VM that is about to change class brings its host more than the host's own history can tell.
  for (const v of pending.keys()) {
    const u = bundles.unitOf[v]!;
    const { leave, join } = later(u);
    for (let d = 0; d < WIDTH; d += 1) {
      if (!pending.get(v)![d]) continue;
      hostLater[vmHost[v]! * WIDTH + d]! += Math.max(0, join[d]! - leave[d]!);
      leave[d] = Math.max(leave[d]!, join[d]!);
    }
  }

  const zones = new Map<string, number>();
  const zoneOf = Int32Array.from(hosts, (host) => {
    if (host.zone === null) return -1;
    if (!zones.has(host.zone)) zones.set(host.zone, zones.size);
    return zones.get(host.zone)!;
  });
  yield;
  const groups = groupNumbers(vms, bundles.unitOf);
  return {
    snapshot,
    judgement,
    policy,
    hosts,
    hostIndex,
    vms,
    vmIndex,
    speed,
    capacity,
    limit,
    hostNow,
    hostLater,
    memoryRoom: Float64Array.from(
      hosts,
      (host) =>
        Math.max(0, host.capacity.memBytes - policy.overcommit.hostReservedBytes) * policy.overcommit.mem,
    ),
    vcpuRoom: Float64Array.from(hosts, (host) => host.capacity.cpuCores * policy.overcommit.cpu),
    noTarget,
    untouchable,
    unitCount: U,
    unitOf: bundles.unitOf,
    membersOf,
    home,
    unitsOn,
    now,
    vcpus,
    memory,
    bytes,
    importance,
    immovable,
    antiAffinity: groups.antiAffinity,
    zoneSpread: groups.zoneSpread,
    zoneOf,
    zoneCount: zones.size,
    later,
    loadClass,
  };
};

const whyNoTarget = (
  host: Host,
  untouchable: boolean,
  judgement: Judgement,
  policy: Policy,
): RefusalCode | null => {
  if (host.maintenance) return 'host-in-maintenance';
  if (host.neverTarget) return 'host-never-target';
  if (judgement.suspectHosts.has(host.name)) return 'host-suspect';
  if (host.power === 'off') return 'host-off';
  if (untouchable || host.power !== 'on') return 'host-not-trusted';
  if (host.load.cpu === null || host.load.mem === null) return 'host-not-trusted';
  if (host.pressure !== null && host.pressure > policy.pressureMax) return 'host-under-pressure';
  return null;
};

const whyImmovable = (vm: Vm, unknownDemand: boolean, policy: Policy): RefusalCode | null => {
  const { rules } = vm;
  if (rules.neverMigrate) return 'never-migrate';
  if (vm.state !== 'running') return 'vm-not-running';
  if (rules.blockedDevices.length > 0) return 'blocked-device';
  if (rules.localDiskBytes > 0 && rules.localDisks === 'refuse') return 'local-disk';
  if (rules.localDiskBytes > policy.migration.copyDisksBytesMax) return 'local-disk-too-large';
  if (vm.freshness !== 'fresh' || unknownDemand) return 'vm-not-trusted';
  return null;
};

/**
 * Network and disk traffic that a VM's source cannot tell is at most what its host has and nobody else accounts for;
 * counting that much is safe. Where the host does not know either, there is nothing to compare with.
 */
const spreadUnmeasured = (
  vmNow: Float64Array,
  vmHost: readonly number[],
  hostNow: Float64Array,
  capacity: Float64Array,
): ((v: number, d: number) => boolean) => {
  const rest = Float64Array.from(hostNow);
  const unknown = new Set<number>();
  for (let i = 0; i < vmNow.length; i += 1) {
    const d = i % WIDTH;
    if (d <= MEM) continue;
    const h = vmHost[(i - d) / WIDTH]!;
    if (Number.isNaN(vmNow[i]!)) unknown.add(i);
    else rest[h * WIDTH + d]! -= vmNow[i]!;
  }
  for (const i of unknown) {
    const at = vmHost[(i - (i % WIDTH)) / WIDTH]! * WIDTH + (i % WIDTH);
    vmNow[i] = Number.isNaN(capacity[at]!) ? 0 : Math.max(0, rest[at]!);
  }
  return (v, d) => unknown.has(v * WIDTH + d);
};

/** VMs that judge announced to climb into a higher class within the horizon, and the share they will then use at least. */
const risingVms = (
  snapshot: Snapshot,
  judgement: Judgement,
  policy: Policy,
  vmIndex: ReadonlyMap<string, number>,
): Map<number, number[]> => {
  const rising = new Map<number, number[]>();
  for (const change of judgement.classChanges) {
    const v = vmIndex.get(change.uuid);
    if (v === undefined || !change.announced || !isRise(change.from, change.to)) continue;
    if (change.when - snapshot.at > policy.horizonMinutes * 60_000) continue;
    const d = dimensions.indexOf(change.dimension);
    const bounds = policy.classes[change.dimension];
    const shares = rising.get(v) ?? [0, 0, 0, 0];
    shares[d] = Math.max(shares[d]!, change.to === 'high' ? bounds.high : bounds.medium);
    rising.set(v, shares);
  }
  return rising;
};

export const isRise = (from: string, to: string): boolean =>
  (from === 'low' && to !== 'low') || (from === 'medium' && to === 'high');

const groupNumbers = (vms: readonly Vm[], unitOf: Int32Array) => {
  const numbers = new Map<string, number>();
  const antiAffinity = new Map<number, number[]>();
  const zoneSpread = new Map<number, number[]>();
  const add = (to: Map<number, number[]>, unit: number, name: string) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    const list = to.get(unit);
    if (list === undefined) to.set(unit, [numbers.get(name)!]);
    else list.push(numbers.get(name)!);
  };
  vms.forEach((vm, v) => {
    const rules: VmRules = vm.rules;
    for (const group of rules.antiAffinity) add(antiAffinity, unitOf[v]!, `anti ${group}`);
    if (rules.zoneSpread !== null) add(zoneSpread, unitOf[v]!, `zone ${rules.zoneSpread}`);
  });
  return { antiAffinity, zoneSpread };
};
