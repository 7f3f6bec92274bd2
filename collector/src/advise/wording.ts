import { dimensions } from '../fleet/load.ts';
import { dimensionNames, percent } from '../judge/describe.ts';
import { WIDTH } from './demand.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Placement } from './placement.ts';

/** "memory 93 % (limit 90 %)": the dimension of a host that is nearest to its limit or farthest over it. */
export const worstLoad = (
  placement: Placement,
  h: number,
  when: 'now' | 'later',
): { readonly d: number; readonly share: number; readonly ratio: number } => {
  const { model } = placement;
  const values = when === 'now' ? placement.now : placement.later;
  let worst = { d: 0, share: 0, ratio: -1 };
  for (let d = 0; d < WIDTH; d += 1) {
    const capacity = model.capacity[h * WIDTH + d]!;
    if (Number.isNaN(capacity)) continue;
    const share = values[h * WIDTH + d]! / capacity;
    const ratio = share / Math.max(model.policy.loadMax[dimensions[d]!], 1e-9);
    if (ratio > worst.ratio) worst = { d, share, ratio };
  }
  return worst;
};

export const loadText = (placement: Placement, h: number, when: 'now' | 'later' = 'now'): string => {
  const worst = worstLoad(placement, h, when);
  return `${dimensionNames[dimensions[worst.d]!]} ${percent(worst.share)}`;
};

export const limitText = (model: FleetModel, d: number): string =>
  percent(model.policy.loadMax[dimensions[d]!]);

/** "a", "a and b", "a, b and 3 more". */
export const listText = (names: readonly string[], most = 3): string => {
  if (names.length > most)
    return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  if (names.length < 2) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
};

export const plural = (count: number, one: string, many = `${one}s`): string =>
  count === 1 ? `one ${one}` : `${count} ${many}`;

export const bytesText = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`;
