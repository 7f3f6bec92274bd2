import { CPU, WIDTH } from './demand.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Placement } from './placement.ts';

/** Steps of safety against bursts, from `safest` down to 0: none. */
const steps = [
  { bursts: 0, rest: 'mean' },
  { bursts: 1, rest: 'mean' },
  { bursts: 1, rest: 'high' },
  { bursts: 2, rest: 'mean' },
] as const;
export const safest = steps.length - 1;

const tolerance = 1e-9;

/**
 * Whether the host still serves all when the unit joins and as many of its VMs as the step of safety says jump to all
 * that they were given, the others doing what is expected of them. Cores that are too slow for one virtual CPU count,
 * too.
 */
export const takesBursts = (placement: Placement, u: number, h: number, safety: number): boolean => {
  const { bursts, rest } = steps[safety]!;
  if (bursts === 0) return true;
  const { model } = placement;
  const own = surgeOf(model, u);
  if (own.core > model.speed[h]! * (1 + tolerance)) return false;
  const i = h * WIDTH + CPU;
  // What the host does besides its VMs goes on.
  let level = placement.now[i]! + own[rest];
  const jumps = [own.most - own[rest]];
  for (const unit of placement.unitsOn(h)) {
    const surge = surgeOf(model, unit);
    level += surge[rest] - model.now[unit * WIDTH + CPU]!;
    jumps.push(surge.most - surge[rest]);
  }
  jumps.sort((a, b) => b - a);
  for (const jump of jumps.slice(0, bursts)) level += Math.max(0, jump);
  return level <= model.capacity[i]! * (1 + tolerance);
};

type Surge = {
  /** CPU work: what is forecast, the most that is to be expected, and all that the unit was given. */
  readonly mean: number;
  readonly high: number;
  readonly most: number;
  /** What its fastest virtual CPU can ask for; less than a core of its host where it was given less. */
  readonly core: number;
};

const known = new WeakMap<FleetModel, { readonly usual: number; readonly units: (Surge | undefined)[] }>();

const surgeOf = (model: FleetModel, u: number): Surge => {
  let fleet = known.get(model);
  if (fleet === undefined) {
    fleet = { usual: usualLoad(model), units: [] };
    known.set(model, fleet);
  }
  return (fleet.units[u] ??= newSurge(model, u, fleet.usual));
};

const newSurge = (model: FleetModel, u: number, usual: number): Surge => {
  const speed = model.speed[model.home[u]!]!;
  let most = 0;
  let core = 0;
  for (const v of model.membersOf(u)) {
    const { vcpus } = model.vms[v]!;
    most += vcpus * speed;
    core = Math.max(core, (vcpus / Math.max(1, Math.round(vcpus))) * speed);
  }
  const { leave, join } = model.later(u);
  return { mean: leave[CPU]!, high: Math.max(join[CPU]!, usual * most), most, core };
};

/**
 * What the busier VMs of the fleet do: a deviation above the mean of all their loads. A VM that was quiet so far is
 * taken to be able to do as much, or a short history would make it look safer than it is.
 */
const usualLoad = (model: FleetModel): number => {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const { load } of model.vms) {
    if (load.cpu === null) continue;
    count += 1;
    sum += load.cpu;
    squares += load.cpu * load.cpu;
  }
  if (count === 0) return 0;
  const mean = sum / count;
  return mean + Math.sqrt(Math.max(0, squares / count - mean * mean));
};
