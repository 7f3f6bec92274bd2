import { unitName, whyNowhere } from './choose-target.ts';
import type { Constraints } from './constraints.ts';
import { CPU, WIDTH } from './demand.ts';
import { bulk } from './empty-hosts.ts';
import { moveCost } from './objective.ts';
import { hostsForCapacity, hostsNeeded } from './packing-bound.ts';
import type { Placement } from './placement.ts';
import type { Emptying, Planning } from './planning.ts';
import { brokenReserve } from './reserve.ts';
import { safest, takesBursts } from './surge.ts';

/** So many pairs of unit and host are weighed: a large fleet's plan is full before that. */
const mostSteps = 1_500_000;
/** When the reserve would be broken so often in a row, other hosts will not keep it either. */
const mostReserveFailures = 8;

/**
 * Empties one host after the other, as long as every unit finds a place on those that stay on: least important hosts
 * first, then those that cost most for what they can carry. Safety against bursts is sought first, and given up step
 * by step only while more hosts are on than memory and CPU need at the least.
 */
export const packHosts = (
  planning: Planning,
  candidates: readonly number[],
  constraints: Constraints,
  why: Map<number, string>,
): Emptying => new Packing(planning, constraints, why).pack(candidates);

class Packing {
  readonly #planning: Planning;
  readonly #constraints: Constraints;
  readonly #why: Map<number, string>;
  readonly #placement: Placement;
  /** Hosts that are on and can take units, less those that were emptied. */
  readonly #staying: Set<number>;
  readonly #off: number[] = [];
  readonly #fewest: number;
  readonly #memoryIsScarce: boolean;
  #moved = 0;
  #steps = 0;
  #reserveFailures = 0;

  constructor(planning: Planning, constraints: Constraints, why: Map<number, string>) {
    const { model } = planning;
    this.#planning = planning;
    this.#constraints = constraints;
    this.#why = why;
    this.#placement = planning.booked.copy();
    const open = model.hosts.flatMap((host, h) =>
      host.power === 'on' && constraints.closed(h) === null ? [h] : [],
    );
    this.#staying = new Set(open);
    const rooms = open.map((h) => model.memoryRoom[h]!);
    const forMemory = hostsNeeded(
      [...model.memory],
      rooms.reduce((most, room) => Math.max(most, room), 0),
    );
    const forCpu = hostsForCapacity(
      open.map((h) => model.capacity[h * WIDTH + CPU]!),
      open.reduce((sum, h) => sum + planning.booked.later[h * WIDTH + CPU]!, 0),
    );
    this.#fewest = Math.max(forMemory, forCpu);
    this.#memoryIsScarce = forMemory > forCpu;
  }

  pack(candidates: readonly number[]): Emptying {
    for (let safety = safest; safety >= 0; safety -= 1) {
      for (const h of this.#ordered(candidates)) {
        if (safety < safest && this.#inUse() <= this.#fewest) return this.#made();
        if (this.#isOver()) return this.#made();
        if (this.#staying.has(h)) this.#tryToEmpty(h, safety);
      }
    }
    return this.#made();
  }

  #made(): Emptying {
    const { model } = this.#planning;
    const targets = new Map<number, number>();
    for (const h of this.#off)
      for (const u of model.unitsOn[h]!) {
        const to = this.#placement.hostOf[u]!;
        if (to !== h) targets.set(u, to);
      }
    return { off: this.#off, targets };
  }

  #isOver(): boolean {
    return (
      this.#steps > mostSteps ||
      this.#reserveFailures >= mostReserveFailures ||
      this.#moved >= this.#planning.model.policy.limits.perPlan
    );
  }

  #inUse(): number {
    let count = 0;
    for (const h of this.#staying) if (this.#placement.units[h]! > 0) count += 1;
    return count;
  }

  /** `candidates` come with the least important first; among equals, what a host costs for its share of the work decides. */
  #ordered(candidates: readonly number[]): number[] {
    const { model } = this.#planning;
    let memory = 0;
    let cpu = 0;
    for (const h of this.#staying) {
      memory += this.#placement.memory[h]!;
      cpu += this.#placement.later[h * WIDTH + CPU]!;
    }
    const worth = (h: number): number => {
      const carries = Math.min(
        model.memoryRoom[h]! / Math.max(memory, 1),
        model.capacity[h * WIDTH + CPU]! / Math.max(cpu, 1e-9),
      );
      return (model.hosts[h]!.energy?.idleWatts ?? 1) / Math.max(carries, 1e-9);
    };
    const keys = new Map(
      candidates.map((h) => [h, { worth: worth(h), cost: this.#costOf(h), rank: model.hosts[h]!.priority }]),
    );
    return candidates.toSorted((a, b) => {
      const [one, other] = [keys.get(a)!, keys.get(b)!];
      return one.rank - other.rank || other.worth - one.worth || one.cost - other.cost || a - b;
    });
  }

  #costOf(h: number): number {
    const { model } = this.#planning;
    return this.#placement.unitsOn(h).reduce((sum, u) => sum + moveCost(model, u), 0);
  }

  #tryToEmpty(h: number, safety: number): void {
    const { model } = this.#planning;
    const placement = this.#placement;
    const name = model.hosts[h]!.name;
    const leaving = placement.unitsOn(h).sort((a, b) => bulk(model, b) - bulk(model, a) || a - b);
    const moved = leaving
      .filter((u) => model.home[u] === h)
      .reduce((sum, u) => sum + model.membersOf(u).length, 0);
    if (this.#moved + moved > model.policy.limits.perPlan) {
      this.#why.set(h, `${name}: it would take ${this.#moved + moved} moves, more than one plan may have`);
      return;
    }
    this.#staying.delete(h);
    const done: number[] = [];
    const undo = (reason: () => string): void => {
      if (safety === 0 && this.#why.size < 3) this.#why.set(h, `${name}: ${reason()}`);
      for (const back of done.reverse()) placement.move(back, h);
      this.#staying.add(h);
    };
    for (const u of leaving) {
      const to = this.#bestFit(u, safety);
      if (to < 0) {
        undo(() => `VM ${unitName(model, u)}: ${whyNowhere(this.#constraints, placement, u)}`);
        return;
      }
      placement.move(u, to);
      done.push(u);
    }
    const broken = brokenReserve(this.#planning, placement, [...this.#staying], this.#constraints);
    if (broken !== null) {
      this.#reserveFailures += 1;
      this.#why.set(h, `${name}: ${broken}`);
      undo(() => broken);
      return;
    }
    this.#reserveFailures = 0;
    this.#moved += moved;
    this.#off.push(h);
  }

  /** The host in use that the unit fills most in what the fleet is short of; of equals, the one with the most CPU left. */
  #bestFit(u: number, safety: number): number {
    const { model } = this.#planning;
    const placement = this.#placement;
    const { join } = model.later(u);
    this.#steps += this.#staying.size;
    let best = -1;
    let bestFill = 0;
    let bestPressure = 0;
    for (const h of this.#staying) {
      if (placement.units[h] === 0) continue;
      const memory = (placement.memory[h]! + model.memory[u]!) / Math.max(model.memoryRoom[h]!, 1);
      const i = h * WIDTH + CPU;
      const pressure = (placement.later[i]! + join[CPU]!) / model.capacity[i]!;
      if (memory > 1 + 1e-9 || pressure > 1) continue;
      const fill = this.#memoryIsScarce ? memory : pressure;
      if (best >= 0 && (fill < bestFill || (fill === bestFill && pressure >= bestPressure))) continue;
      if (!takesBursts(placement, u, h, safety)) continue;
      if (this.#constraints.refusal(placement, u, h) !== null) continue;
      best = h;
      bestFill = fill;
      bestPressure = pressure;
    }
    return best;
  }
}
