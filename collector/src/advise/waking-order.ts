import { WIDTH } from './demand.ts';
import type { FleetModel } from './fleet-model.ts';

/** The host that matters most first (it was the last to be emptied), then the one that does most per watt. */
export const wakingOrder = (model: FleetModel, a: number, b: number): number =>
  model.hosts[b]!.priority - model.hosts[a]!.priority ||
  wattsPerCore(model, a) - wattsPerCore(model, b) ||
  model.capacity[b * WIDTH]! - model.capacity[a * WIDTH]! ||
  a - b;

export const wattsPerCore = (model: FleetModel, h: number): number =>
  (model.hosts[h]!.energy?.maxWatts ?? 0) / model.capacity[h * WIDTH]!;
