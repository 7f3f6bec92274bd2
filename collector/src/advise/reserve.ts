import { dimensions } from '../fleet/load.ts';
import type { Constraints } from './constraints.ts';
import { CPU, MEM, WIDTH } from './demand.ts';
import { emptyHosts } from './empty-hosts.ts';
import type { Placement } from './placement.ts';
import type { Planning } from './planning.ts';

/** In fleets up to this size each host's failure is really played through; above, sums have to do. */
const playedThrough = 12;

/** Why the hosts that stay on would be too few, as the end of a sentence; null: the reserve is kept. */
export const brokenReserve = (
  planning: Planning,
  placement: Placement,
  staying: readonly number[],
  constraints: Constraints,
): string | null => {
  const { model } = planning;
  const { reserve, consolidation, loadMax } = model.policy;
  if (staying.length < consolidation.minimumHosts)
    return `the policy keeps ${consolidation.minimumHosts} hosts on`;
  const sum = (values: Float64Array, at: (h: number) => number) =>
    staying.reduce((total, h) => total + values[at(h)]!, 0);
  const memory = sum(placement.memory, (h) => h);
  const room = sum(model.memoryRoom, (h) => h);
  if (memory > room * (1 - reserve.share))
    return `less than ${(reserve.share * 100).toFixed(0)} % of the memory would stay free`;
  for (const d of [CPU, MEM]) {
    const need = Math.max(
      sum(placement.now, (h) => h * WIDTH + d),
      sum(placement.later, (h) => h * WIDTH + d),
    );
    if (need > sum(model.capacity, (h) => h * WIDTH + d) * (1 - reserve.share))
      return `less than ${(reserve.share * 100).toFixed(0)} % of the ${dimensions[d]!} capacity would stay free`;
  }
  if (reserve.hosts === 0) return null;
  const lost = (size: (h: number) => number) =>
    [...staying]
      .sort((a, b) => size(b) - size(a))
      .slice(0, reserve.hosts)
      .reduce((total, h) => total + size(h), 0);
  const spare = `its VMs would no longer fit when ${reserve.hosts === 1 ? 'a host fails' : `${reserve.hosts} hosts fail`}`;
  if (memory > room - lost((h) => model.memoryRoom[h]!)) return spare;
  const cpu = sum(placement.later, (h) => h * WIDTH + CPU);
  const cpuRoom = sum(model.capacity, (h) => h * WIDTH + CPU);
  if (cpu > (cpuRoom - lost((h) => model.capacity[h * WIDTH + CPU]!)) * loadMax.cpu) return spare;
  if (reserve.hosts === 1 && staying.length <= playedThrough)
    for (const h of staying) if (!survives(planning, placement, h, constraints)) return spare;
  return null;
};

/** Whether all VMs of one host that can be started elsewhere at all would find a place there. */
const survives = (planning: Planning, placement: Placement, h: number, constraints: Constraints): boolean => {
  const { stuck } = emptyHosts(planning, [h], constraints.without(h), 'pack', placement);
  return stuck.every((u) => constraints.immovable(u) !== null);
};
