import { predictsOverload, regressionLength } from './host-overload.ts';
import { powerAt, type HostModel } from './planetlab-fleet.ts';
import {
  noOrders,
  type FleetView,
  type HostView,
  type OrderedMove,
  type Orders,
  type PlanetlabPolicy,
  type VmView,
} from './planetlab-policy.ts';

/** Whether these VMs are too much for a host of that model. */
type Overload = (vms: readonly VmView[], model: HostModel) => boolean;

const demandOf = (vm: VmView): number => (vm.loads.at(-1) ?? 0) * vm.mips;

const total = (vms: readonly VmView[]): number => vms.reduce((sum, vm) => sum + demandOf(vm), 0);

const overThreshold =
  (threshold: number): Overload =>
  (vms, model) =>
    total(vms) / model.mips > threshold;

function overRegression(safety: number): Overload {
  const fallback = overThreshold(0.7);
  return (vms, model) => {
    const known = vms[0]?.loads.length ?? 0;
    if (known < regressionLength) return fallback(vms, model);
    const loads = new Float64Array(regressionLength);
    for (const vm of vms) {
      for (let ago = 0; ago < regressionLength; ago++) {
        loads[ago]! += (vm.loads[known - 1 - ago]! * vm.mips) / model.mips;
      }
    }
    return predictsOverload(loads, safety);
  };
}

export const dvfs = (): PlanetlabPolicy => ({
  decide: () => noOrders,
});
export const thrMmt = (threshold: number): PlanetlabPolicy => minimumMigrationTime(overThreshold(threshold));
export const lrMmt = (safety: number): PlanetlabPolicy => minimumMigrationTime(overRegression(safety));

/**
 * The policies of Beloglazov and Buyya as published, on the honest track: RAM counts when a VM is placed, the power
 * of a host that is off is 0 (not its idle power), loads and powers are of the same moment. These are kindnesses: each
 * makes them better than CloudSim's code.
 */
const minimumMigrationTime = (overloaded: Overload): PlanetlabPolicy => ({
  decide: (view) => (view.interval === 0 ? noOrders : new Round(view, overloaded).orders()),
});

type Plan = {
  readonly host: HostView;
  vms: VmView[];
  /** Copies on their way in or out hold RAM, too. */
  ramFreeMb: number;
  /** Has copies on their way: neither emptied nor switched off. */
  busy: boolean;
};

class Round {
  readonly #plans: Plan[];
  readonly #overloaded: Overload;
  readonly #moves: OrderedMove[] = [];

  constructor(view: FleetView, overloaded: Overload) {
    this.#overloaded = overloaded;
    this.#plans = view.hosts.map((host) => ({ host, vms: [], ramFreeMb: host.model.ramMb, busy: false }));
    for (const vm of view.vms) {
      const source = this.#plans[vm.host]!;
      source.ramFreeMb -= vm.ramMb;
      if (vm.movingTo === undefined) {
        source.vms.push(vm);
        continue;
      }
      const target = this.#plans[vm.movingTo]!;
      target.ramFreeMb -= vm.ramMb;
      target.vms.push(vm);
      source.busy = true;
      target.busy = true;
    }
  }

  orders(): Orders {
    const hot = this.#plans.filter((plan) => this.#overloaded(plan.vms, plan.host.model));
    const targets = this.#relieve(hot);
    this.#emptyLeastUsed(new Set([...hot, ...targets]));
    const wanted = new Set(this.#moves.map(({ target }) => target));
    return {
      moves: this.#moves,
      switchOn: [...wanted].filter((index) => this.#plans[index]!.host.power === 'off'),
      switchOff: this.#plans
        .filter(({ host, vms, busy }) => host.power === 'on' && vms.length === 0 && !busy)
        .map(({ host }) => host.index),
    };
  }

  #relieve(hot: readonly Plan[]): Plan[] {
    const leaving: { vm: VmView; from: Plan }[] = [];
    for (const plan of hot) {
      while (this.#overloaded(plan.vms, plan.host.model)) {
        const vm = smallest(plan.vms);
        if (vm === undefined) break;
        plan.vms = plan.vms.filter((other) => other !== vm);
        leaving.push({ vm, from: plan });
      }
    }
    leaving.sort((a, b) => demandOf(b.vm) - demandOf(a.vm));
    const targets: Plan[] = [];
    const allowed = this.#plans.filter(
      (plan) => !hot.includes(plan) && plan.host.power !== 'stopping' && plan.host.power !== 'booting',
    );
    for (const { vm, from } of leaving) {
      const target = this.#bestFor(vm, allowed);
      if (target === undefined) {
        from.vms.push(vm);
        continue;
      }
      this.#assign(vm, target);
      targets.push(target);
    }
    return targets;
  }

  #emptyLeastUsed(spared: ReadonlySet<Plan>): void {
    const used = (plan: Plan): number => total(plan.vms) / plan.host.model.mips;
    const candidates = this.#plans
      .filter((plan) => plan.vms.length > 0 && !plan.busy && !spared.has(plan))
      .sort((a, b) => used(a) - used(b) || a.host.index - b.host.index);
    let allowed = this.#plans.filter(
      (plan) => plan.host.power === 'on' && plan.vms.length > 0 && !this.#isHot(plan),
    );
    const receiving = new Set<Plan>();
    for (const plan of candidates) {
      if (receiving.has(plan)) continue;
      allowed = allowed.filter((other) => other !== plan);
      const placed: { vm: VmView; target: Plan }[] = [];
      for (const vm of [...plan.vms].sort((a, b) => demandOf(b) - demandOf(a))) {
        const target = this.#bestFor(vm, allowed);
        if (target === undefined) break;
        target.vms.push(vm);
        target.ramFreeMb -= vm.ramMb;
        placed.push({ vm, target });
      }
      const complete = placed.length === plan.vms.length;
      for (const { vm, target } of placed) {
        if (complete) {
          this.#moves.push({ vm: vm.index, target: target.host.index });
          receiving.add(target);
        } else {
          target.vms = target.vms.filter((other) => other !== vm);
          target.ramFreeMb += vm.ramMb;
        }
      }
      if (complete) plan.vms = [];
    }
  }

  #isHot(plan: Plan): boolean {
    return this.#overloaded(plan.vms, plan.host.model);
  }

  #assign(vm: VmView, target: Plan): void {
    target.vms.push(vm);
    target.ramFreeMb -= vm.ramMb;
    this.#moves.push({ vm: vm.index, target: target.host.index });
  }

  #bestFor(vm: VmView, allowed: readonly Plan[]): Plan | undefined {
    const demand = demandOf(vm);
    let best: Plan | undefined;
    let least = Infinity;
    for (const plan of allowed) {
      const { model, power } = plan.host;
      if (plan.ramFreeMb < vm.ramMb || model.coreMips < demand) continue;
      const before = total(plan.vms);
      const after = (before + demand) / model.mips;
      if (after > 1) continue;
      const increase =
        powerAt(model, after) - (power === 'off' ? 0 : powerAt(model, Math.min(before / model.mips, 1)));
      if (increase >= least) continue;
      if (plan.vms.length > 0 && this.#overloaded([...plan.vms, vm], model)) continue;
      least = increase;
      best = plan;
    }
    return best;
  }
}

/** Least RAM, so the shortest migration; the first of equals. One that moves already cannot be chosen. */
const smallest = (vms: readonly VmView[]): VmView | undefined => {
  let best: VmView | undefined;
  for (const vm of vms) {
    if (vm.movingTo === undefined && (best === undefined || vm.ramMb < best.ramMb)) best = vm;
  }
  return best;
};
