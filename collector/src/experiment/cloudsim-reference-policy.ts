import { addInto, type CloudsimHost } from './cloudsim-host.ts';
import type { CloudsimVm } from './cloudsim-vm.ts';
import { predictsOverload, regressionLength } from './host-overload.ts';
import { powerAt } from './planetlab-fleet.ts';

export type CloudsimMove = { readonly vm: CloudsimVm; readonly target: CloudsimHost };

/**
 * A policy of the CloudSim track. It plans on the live hosts (adding and removing VMs), as CloudSim's do; the
 * simulation puts everything back before it carries the moves out.
 */
export type CloudsimPolicy = {
  /** Where a VM is created; undefined when no host takes it. */
  readonly place: (vm: CloudsimVm, hosts: readonly CloudsimHost[]) => CloudsimHost | undefined;
  /** Undefined for a policy that never moves anything. */
  readonly plan?: (hosts: readonly CloudsimHost[]) => CloudsimMove[];
};

/** Whether the host is overloaded, with one VM more if given. */
type Overload = (host: CloudsimHost, extra?: CloudsimVm) => boolean;

/** THR: the demand exceeds a fixed share of the capacity. */
const overThreshold =
  (threshold: number): Overload =>
  (host, extra) =>
    (host.requestedMips + (extra?.requestedMips ?? 0)) / host.model.mips > threshold;

/** LR, with THR 0.7 until there is enough history. */
function overRegression(safety: number): Overload {
  const fallback = overThreshold(0.7);
  return (host, extra) => {
    const { loads, reach } = host.loadHistory;
    if (Math.max(reach, extra?.historyReach ?? 0) < regressionLength) return fallback(host, extra);
    if (extra === undefined) return predictsOverload(loads, safety);
    const sum = Float64Array.from(loads);
    addInto(sum, extra.historyOn(host.model.mips, regressionLength));
    return predictsOverload(sum, safety);
  };
}

/** No migrations: each VM goes to the first host that takes it and stays. */
export const cloudsimDvfs = (): CloudsimPolicy => ({
  place: (vm, hosts) => hosts.find((host) => host.suits(vm)),
});

export const cloudsimThrMmt = (threshold: number): CloudsimPolicy =>
  minimumMigrationTime(overThreshold(threshold));
export const cloudsimLrMmt = (safety: number): CloudsimPolicy => minimumMigrationTime(overRegression(safety));

/**
 * Overload detection, minimum migration time, power-aware best fit decreasing, and emptying the least used hosts, in
 * the order of events of CloudSim 3.0.3.
 */
function minimumMigrationTime(overloaded: Overload): CloudsimPolicy {
  const place = (vm: CloudsimVm, hosts: readonly CloudsimHost[]): CloudsimHost | undefined => {
    let best: CloudsimHost | undefined;
    let leastIncrease = Infinity;
    for (const host of hosts) {
      if (!host.suits(vm)) continue;
      const granted = host.grantedMips;
      if (granted !== 0) host.tidy();
      // The load is current, the power that it is compared with is not, and an empty host counts from its idle
      // power: traps 3 and 4 of the benchmark.
      // Rounding may carry a host that is just full over 1.
      const utilization = Math.min((granted + vm.requestedMips) / host.model.mips, 1);
      const increase = powerAt(host.model, utilization) - host.power;
      if (increase >= leastIncrease) continue;
      if (granted !== 0 && overloaded(host, vm)) continue;
      leastIncrease = increase;
      best = host;
    }
    return best;
  };

  const relieve = (hosts: readonly CloudsimHost[], hot: readonly CloudsimHost[]): CloudsimMove[] => {
    const leaving: CloudsimVm[] = [];
    for (const host of hot) {
      let vm: CloudsimVm | undefined;
      while ((vm = smallest(host.vms)) !== undefined) {
        leaving.push(vm);
        host.remove(vm);
        if (!overloaded(host)) break;
      }
    }
    const targets = hosts.filter((host) => !hot.includes(host));
    const moves: CloudsimMove[] = [];
    for (const vm of byDemand(leaving)) {
      const target = place(vm, targets);
      if (target === undefined) continue;
      target.add(vm);
      moves.push({ vm, target });
    }
    return moves;
  };

  const emptyLeastUsed = (hosts: readonly CloudsimHost[], hot: readonly CloudsimHost[]): CloudsimMove[] => {
    const moves: CloudsimMove[] = [];
    let targets = hosts.filter((host) => !hot.includes(host) && host.utilization !== 0);
    // The targets of `relieve` are not spared, so one VM may be ordered to move twice in a round.
    const candidates = new Set(targets);
    for (;;) {
      const host = leastUsed(candidates);
      if (host === undefined) return moves;
      candidates.delete(host);
      targets = targets.filter((target) => target !== host);
      const placed = placeAll(host.vms, targets);
      for (const { target } of placed) candidates.delete(target);
      moves.push(...placed);
    }
  };

  const placeAll = (vms: readonly CloudsimVm[], targets: readonly CloudsimHost[]): CloudsimMove[] => {
    const moves: CloudsimMove[] = [];
    for (const vm of byDemand(vms)) {
      const target = place(vm, targets);
      if (target === undefined) {
        for (const move of moves) move.target.remove(move.vm);
        return [];
      }
      target.add(vm);
      moves.push({ vm, target });
    }
    return moves;
  };

  return {
    place,
    plan: (hosts) => {
      const hot = hosts.filter((host) => overloaded(host));
      return [...relieve(hosts, hot), ...emptyLeastUsed(hosts, hot)];
    },
  };
}

/** Least RAM, so the shortest migration; the first of equals. */
const smallest = (vms: readonly CloudsimVm[]): CloudsimVm | undefined => {
  let best: CloudsimVm | undefined;
  for (const vm of vms) if (best === undefined || vm.ramMb < best.ramMb) best = vm;
  return best;
};

const byDemand = (vms: readonly CloudsimVm[]): CloudsimVm[] =>
  [...vms].sort((a, b) => b.requestedMips - a.requestedMips);

const leastUsed = (hosts: Iterable<CloudsimHost>): CloudsimHost | undefined => {
  let best: CloudsimHost | undefined;
  let least = 1;
  for (const host of hosts) {
    const utilization = host.utilization;
    if (utilization > 0 && utilization < least && host.vmCount > 0) {
      least = utilization;
      best = host;
    }
  }
  return best;
};
