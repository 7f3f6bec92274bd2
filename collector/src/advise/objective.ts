import { dimensions } from '../fleet/load.ts';
import { WIDTH } from './demand.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Placement } from './placement.ts';

/** Every move disturbs, however small the VM: as much as copying this many bytes more. */
const perMove = 256 * 2 ** 20;
/** Evenness finer than this is not worth a move, and a curve made of straight pieces is what an exact solver can take. */
export const pieces = 20;
/** How much an even number of VMs of each class counts beside even load. */
export const classWeight = 0.05;
/** Moving everything would cost this much; it is what a move must gain to be worth its bytes. */
export const moveWeight = 0.05;

/** What moving a unit costs, in bytes: what must be copied, dearer for VMs that matter more. */
export const moveCost = (model: FleetModel, u: number): number =>
  (model.bytes[u]! + perMove * model.membersOf(u).length) * (1 + model.importance[u]! / 100);

/** x squared, in straight pieces: convex, so that spreading load evenly is always best. */
export const bend = (x: number): number => {
  const k = Math.max(0, Math.min(Math.floor(x * pieces), 2 * pieces));
  return (k / pieces) ** 2 + (x - k / pieces) * ((2 * k + 1) / pieces);
};

/**
 * What balancing makes small: the sum, over hosts and dimensions, of load squared (each host by its share of what the
 * fleet can give, each dimension by its weight), plus how unevenly the VMs of each class are spread, plus what the
 * moves cost. The exact solver minimises the very same sum.
 */
export class BalanceObjective {
  readonly model: FleetModel;
  /** Hosts that take part: on, trusted and not to be emptied. */
  readonly members: readonly number[];
  readonly isMember: Uint8Array;
  /** Per host and dimension: weight of the dimension times the host's share of the capacity; 0 where it does not count. */
  readonly weight: Float64Array;
  /** Per host: its share of the members' CPU capacity. */
  readonly share: Float64Array;
  /** VMs per class on the members. */
  readonly classTotals: Float64Array;
  readonly classScale: number;
  readonly costScale: number;

  constructor(placement: Placement) {
    const { model } = placement;
    const H = model.hosts.length;
    this.model = model;
    this.members = model.hosts.flatMap((host, h) => (isBalanced(model, h) && host.power === 'on' ? [h] : []));
    this.isMember = new Uint8Array(H);
    for (const h of this.members) this.isMember[h] = 1;
    this.weight = new Float64Array(H * WIDTH);
    this.share = new Float64Array(H);
    const used = dimensions.map((dimension) => model.policy.weights[dimension]);
    const capacity = dimensions.map((_, d) =>
      this.members.reduce((sum, h) => sum + known(model.capacity[h * WIDTH + d]!), 0),
    );
    const all = used.reduce((sum, weight, d) => sum + (capacity[d]! > 0 ? weight : 0), 0);
    for (const h of this.members) {
      this.share[h] = model.capacity[h * WIDTH]! / capacity[0]!;
      for (let d = 0; d < WIDTH; d += 1)
        if (capacity[d]! > 0 && all > 0)
          this.weight[h * WIDTH + d] =
            ((used[d]! / all) * known(model.capacity[h * WIDTH + d]!)) / capacity[d]!;
    }
    this.classTotals = new Float64Array(3);
    for (const h of this.members)
      for (let k = 0; k < 3; k += 1) this.classTotals[k]! += placement.classes[h * 3 + k]!;
    const classified = this.classTotals.reduce((a, b) => a + b, 0);
    this.classScale = classified === 0 ? 0 : classWeight / classified;
    let cost = 0;
    for (let u = 0; u < model.unitCount; u += 1) cost += moveCost(model, u);
    this.costScale = cost === 0 ? 0 : moveWeight / cost;
  }

  /** Half way between what is measured and what is forecast. */
  level(placement: Placement, h: number, d: number): number {
    const i = h * WIDTH + d;
    return (placement.now[i]! + placement.later[i]!) / 2 / this.model.capacity[i]!;
  }

  /** The part of the sum that one host makes. */
  hostPart(placement: Placement, h: number): number {
    let sum = 0;
    for (let d = 0; d < WIDTH; d += 1) {
      const weight = this.weight[h * WIDTH + d]!;
      if (weight > 0) sum += weight * bend(this.level(placement, h, d));
    }
    if (this.classScale > 0)
      for (let k = 0; k < 3; k += 1)
        sum +=
          this.classScale * Math.abs(placement.classes[h * 3 + k]! - this.share[h]! * this.classTotals[k]!);
    return sum;
  }

  /** The same with a unit taken away (-1) or added (+1), without touching the placement. */
  hostPartWith(placement: Placement, h: number, u: number, sign: 1 | -1): number {
    const { model } = this;
    const horizon = model.later(u);
    const later = h === model.home[u] ? horizon.leave : horizon.join;
    let sum = 0;
    for (let d = 0; d < WIDTH; d += 1) {
      const i = h * WIDTH + d;
      const weight = this.weight[i]!;
      if (weight === 0) continue;
      const demand = (model.now[u * WIDTH + d]! + later[d]!) / 2;
      const level = (placement.now[i]! + placement.later[i]!) / 2 + sign * demand;
      sum += weight * bend(level / model.capacity[i]!);
    }
    if (this.classScale > 0) {
      const own = model.loadClass[u]!;
      for (let k = 0; k < 3; k += 1) {
        const count = placement.classes[h * 3 + k]! + (k === own ? sign : 0);
        sum += this.classScale * Math.abs(count - this.share[h]! * this.classTotals[k]!);
      }
    }
    return sum;
  }

  movePart(u: number, h: number): number {
    return h === this.model.home[u] ? 0 : this.costScale * moveCost(this.model, u);
  }

  /** How much the sum changes when the unit goes to `to`. */
  delta(placement: Placement, u: number, to: number): number {
    const from = placement.hostOf[u]!;
    return (
      this.hostPartWith(placement, from, u, -1) -
      this.hostPart(placement, from) +
      this.hostPartWith(placement, to, u, 1) -
      this.hostPart(placement, to) +
      this.movePart(u, to) -
      this.movePart(u, from)
    );
  }

  value(placement: Placement): number {
    let sum = 0;
    for (const h of this.members) sum += this.hostPart(placement, h);
    for (let u = 0; u < this.model.unitCount; u += 1) sum += this.movePart(u, placement.hostOf[u]!);
    return sum;
  }

  /** What an admin reads: the weighted standard deviation of load over the given hosts. */
  spread(placement: Placement, hosts: Iterable<number>): number {
    const list = [...hosts].filter((h) => this.isMember[h] === 1);
    let spread = 0;
    let all = 0;
    for (let d = 0; d < WIDTH; d += 1) {
      let weight = 0;
      let sum = 0;
      let squares = 0;
      for (const h of list) {
        const w = this.weight[h * WIDTH + d]!;
        if (w === 0) continue;
        const level = this.level(placement, h, d);
        weight += w;
        sum += w * level;
        squares += w * level * level;
      }
      if (weight === 0) continue;
      const used = this.model.policy.weights[dimensions[d]!];
      all += used;
      spread += used * Math.sqrt(Math.max(0, squares / weight - (sum / weight) ** 2));
    }
    return all === 0 ? 0 : spread / all;
  }
}

const known = (value: number): number => (Number.isNaN(value) ? 0 : value);

const isBalanced = (model: FleetModel, h: number): boolean => {
  const reason = model.noTarget[h];
  return (
    model.untouchable[h] === 0 &&
    (reason === null || reason === 'host-never-target' || reason === 'host-under-pressure')
  );
};

/** What consolidating makes small: the hosts that stay on, those that matter less counting more, then the bytes moved. */
export const hostOnCost = (model: FleetModel, h: number): number => 1 - model.hosts[h]!.priority / 1000;
/** Moving everything counts half a host: bytes decide only between plans that leave as many hosts on. */
export const consolidateMoveWeight = 0.5;

export const consolidateValue = (placement: Placement, off: ReadonlySet<number>): number => {
  const { model } = placement;
  let cost = 0;
  let moved = 0;
  for (let u = 0; u < model.unitCount; u += 1) {
    const one = moveCost(model, u);
    cost += one;
    if (placement.hostOf[u] !== model.home[u]) moved += one;
  }
  let on = 0;
  model.hosts.forEach((host, h) => {
    if (host.power === 'on' && !off.has(h)) on += hostOnCost(model, h);
  });
  return on + (cost === 0 ? 0 : (consolidateMoveWeight * moved) / cost);
};
