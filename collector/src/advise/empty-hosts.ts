import { chooseTarget, type Fit } from './choose-target.ts';
import type { Constraints } from './constraints.ts';
import { WIDTH } from './demand.ts';
import { makeWay } from './make-way.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Planning } from './planning.ts';

export type Emptied = {
  readonly targets: ReadonlyMap<number, number>;
  /** Units that no host takes. */
  readonly stuck: readonly number[];
};

/** Finds a place elsewhere for every unit of the given hosts, the most demanding first. */
export const emptyHosts = (
  planning: Planning,
  hosts: readonly number[],
  constraints: Constraints,
  fit: Fit,
  base = planning.booked,
  /** The step of safety against bursts that every target must keep. */
  safety = 0,
): Emptied => {
  const { model, clock } = planning;
  let placement = base.copy();
  let targets = new Map<number, number>();
  const stuck: number[] = [];
  const moving = hosts.flatMap((h) => base.unitsOn(h));
  for (const u of moving.sort((a, b) => bulk(model, b) - bulk(model, a) || a - b)) {
    const to = chooseTarget(constraints, placement, u, fit, clock, undefined, safety);
    if (to >= 0) {
      // It leaves later than it arrives: until then it counts on both.
      placement.join(u, to);
      targets.set(u, to);
      continue;
    }
    const way = safety > 0 ? null : makeWay(planning, [u], constraints, fit, placement, targets);
    if (way === null) {
      stuck.push(u);
      continue;
    }
    targets = way;
    placement = base.copy();
    for (const [other, h] of way) {
      if (hosts.includes(model.home[other]!)) placement.join(other, h);
      else placement.move(other, h);
    }
  }
  return { targets, stuck };
};

/** How hard a unit is to place: its largest share of what its own host may hold. */
export const bulk = (model: FleetModel, u: number): number => {
  const h = model.home[u]!;
  let worst = model.memory[u]! / Math.max(model.memoryRoom[h]!, 1);
  for (let d = 0; d < WIDTH; d += 1)
    worst = Math.max(worst, model.now[u * WIDTH + d]! / model.limit[h * WIDTH + d]!);
  return worst;
};
