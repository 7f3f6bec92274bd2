import type { Host } from '../fleet/host.ts';
import { dimensions, type Dimension } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Vm } from '../fleet/vm.ts';
import { dimensionNames, fleetSubject, percent, span } from './describe.ts';
import type { FindingBook } from './finding-book.ts';

const computePower = (host: Host): number => host.capacity.cpuCores * (host.capacity.cpuMhz ?? 1000);

const weightOf = (host: Host, dimension: Dimension): number => {
  const { memBytes, nicBitsPerSecond, diskBytesPerSecond } = host.capacity;
  return (
    { cpu: computePower(host), mem: memBytes, net: nicBitsPerSecond, disk: diskBytesPerSecond }[dimension] ??
    0
  );
};

/** Mean and spread (standard deviation) of the hosts' loads, each host counting by what it can give. */
export const spreadOf = (
  hosts: readonly Host[],
  dimension: Dimension,
): { mean: number; spread: number } | null => {
  let weight = 0;
  let sum = 0;
  let squares = 0;
  for (const host of hosts) {
    const load = host.load[dimension];
    const w = weightOf(host, dimension);
    if (load === null || w === 0) continue;
    weight += w;
    sum += w * load;
    squares += w * load * load;
  }
  if (weight === 0) return null;
  const mean = sum / weight;
  return { mean, spread: Math.sqrt(Math.max(0, squares / weight - mean * mean)) };
};

/** Compares the fleet as a whole with the policy: too unequal, too idle, or without its reserve. */
export class FleetLoad {
  #lowSince = NaN;

  update(
    fleet: string,
    hosts: readonly Host[],
    complete: boolean,
    vmsByHost: ReadonlyMap<string, readonly Vm[]>,
    isHigh: (vm: Vm) => boolean,
    at: number,
    policy: Policy,
    book: FindingBook,
  ): void {
    if (!complete || hosts.length === 0) {
      this.#lowSince = NaN;
      for (const kind of ['imbalance', 'reserve'] as const) book.hold(kind, 'fleet', fleet);
      return;
    }
    judgeImbalance(fleet, hosts, vmsByHost, isHigh, policy, book);
    this.#judgeLowLoad(fleet, hosts, at, policy, book);
    judgeReserve(fleet, hosts, vmsByHost, policy, book);
  }

  #judgeLowLoad(fleet: string, hosts: readonly Host[], at: number, policy: Policy, book: FindingBook): void {
    const worst = (['cpu', 'net', 'disk'] as const)
      .map((dimension) => ({ dimension, mean: spreadOf(hosts, dimension)?.mean ?? 0 }))
      .reduce((a, b) => (b.mean > a.mean ? b : a));
    if (worst.mean >= policy.loadMin || hosts.length <= policy.consolidation.minimumHosts) {
      this.#lowSince = NaN;
      return;
    }
    if (Number.isNaN(this.#lowSince)) this.#lowSince = at;
    if (at - this.#lowSince < policy.coldspotMinutes * 60_000) return;
    book.raise({
      kind: 'low-load',
      severity: 'info',
      subject: fleetSubject(fleet),
      message: `The fleet is under-used: average ${dimensionNames[worst.dimension]} load ${percent(worst.mean)}, under ${percent(policy.loadMin)} for ${span(policy.coldspotMinutes * 60_000)} or more, with ${hosts.length} hosts on.`,
      evidence: [{ measure: worst.dimension, value: worst.mean, threshold: policy.loadMin }],
      rank: policy.loadMin - worst.mean,
    });
  }
}

const judgeImbalance = (
  fleet: string,
  hosts: readonly Host[],
  vmsByHost: ReadonlyMap<string, readonly Vm[]>,
  isHigh: (vm: Vm) => boolean,
  policy: Policy,
  book: FindingBook,
): void => {
  if (hosts.length < 2) return;
  const spreads = dimensions
    .filter((dimension) => policy.weights[dimension] > 0)
    .map((dimension) => ({ dimension, spread: spreadOf(hosts, dimension)?.spread ?? 0 }));
  const worst = spreads.reduce((a, b) =>
    policy.weights[b.dimension] * b.spread > policy.weights[a.dimension] * a.spread ? b : a,
  );
  if (policy.weights[worst.dimension] * worst.spread <= policy.imbalanceMax) return;
  const crowded = mostCrowded(hosts, vmsByHost, isHigh);
  book.raise({
    kind: 'imbalance',
    severity: 'warning',
    subject: fleetSubject(fleet),
    message: `The fleet is out of balance: ${dimensionNames[worst.dimension]} load differs by ${percent(worst.spread)} (standard deviation over hosts), limit ${percent(policy.imbalanceMax)}.`,
    evidence: [
      {
        measure: worst.dimension,
        value: worst.spread,
        threshold: policy.imbalanceMax,
        detail: 'capacity-weighted standard deviation',
      },
      {
        measure: 'high VMs',
        value: crowded.excess,
        threshold: 0,
        detail: `most beyond its fair share: ${crowded.host}`,
      },
    ],
    rank: worst.spread,
  });
};

/** The host with the most VMs of class high beyond what its size would make fair. */
const mostCrowded = (
  hosts: readonly Host[],
  vmsByHost: ReadonlyMap<string, readonly Vm[]>,
  isHigh: (vm: Vm) => boolean,
): { host: string; excess: number } => {
  const high = hosts.map((host) => (vmsByHost.get(host.name) ?? []).filter(isHigh).length);
  const allHigh = high.reduce((a, b) => a + b, 0);
  const allPower = hosts.reduce((sum, host) => sum + computePower(host), 0);
  let best = { host: hosts[0]!.name, excess: -Infinity };
  hosts.forEach((host, i) => {
    const excess = high[i]! - (allHigh * computePower(host)) / allPower;
    if (excess > best.excess || (excess === best.excess && host.name < best.host))
      best = { host: host.name, excess };
  });
  return best;
};

/** Whether all VMs would still fit if the largest hosts failed, as many as the policy asks. */
const judgeReserve = (
  fleet: string,
  hosts: readonly Host[],
  vmsByHost: ReadonlyMap<string, readonly Vm[]>,
  policy: Policy,
  book: FindingBook,
): void => {
  const spare = policy.reserve.hosts;
  if (spare === 0 || hosts.length === 0) return;
  const usable = (host: Host) =>
    (host.capacity.memBytes - policy.overcommit.hostReservedBytes) * policy.overcommit.mem;
  const running = hosts.flatMap((host) =>
    (vmsByHost.get(host.name) ?? []).filter((vm) => vm.state !== 'shutoff'),
  );
  const memory = running.reduce((sum, vm) => sum + vm.memory.maximumBytes, 0);
  const work = hosts.reduce((sum, host) => sum + computePower(host) * (host.load.cpu ?? 0), 0);
  const left = (size: (host: Host) => number) =>
    hosts
      .map(size)
      .sort((a, b) => a - b)
      .slice(0, Math.max(0, hosts.length - spare))
      .reduce((a, b) => a + b, 0);
  const share = (need: number, room: number) => (need === 0 ? 0 : need / Math.max(room, need * 1e-3));
  const memShare = share(memory, left(usable));
  const cpuShare = share(work, left(computePower) * policy.loadMax.cpu);
  const measure = memShare >= cpuShare ? 'mem' : 'cpu';
  const value = Math.max(memShare, cpuShare);
  if (value <= 1) return;
  book.raise({
    kind: 'reserve',
    severity: 'warning',
    subject: fleetSubject(fleet),
    message: `The fleet lacks its reserve: without its ${spare === 1 ? 'largest host' : `${spare} largest hosts`} it would need ${percent(value)} of the ${dimensionNames[measure]} that is left.`,
    evidence: [{ measure, value, threshold: 1, detail: `with ${spare} fewer hosts` }],
    rank: value,
  });
};
