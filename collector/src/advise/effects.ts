import { dimensions, type Dimension, type Load } from '../fleet/load.ts';
import type { HostEffect } from '../fleet/recommendation.ts';
import { WIDTH } from './demand.ts';
import type { Placement } from './placement.ts';

/** The numbers before and after, now and at the horizon, of the hosts given. */
export const effectsOn = (before: Placement, after: Placement, hosts: Iterable<number>): HostEffect[] => {
  const { model } = before;
  return [...new Set(hosts)]
    .sort((a, b) => a - b)
    .map((h) => ({
      host: model.hosts[h]!.name,
      before: shares(before, before.now, h),
      after: shares(after, after.now, h),
      forecastBefore: shares(before, before.later, h),
      forecastAfter: shares(after, after.later, h),
      vmsBefore: vmCount(before, h),
      vmsAfter: vmCount(after, h),
    }));
};

const shares = (placement: Placement, values: Float64Array, h: number): Load => {
  const { model } = placement;
  const host = model.hosts[h]!;
  const share = (dimension: Dimension): number | null => {
    const i = h * WIDTH + dimensions.indexOf(dimension);
    const capacity = model.capacity[i]!;
    const unknown = Number.isNaN(capacity) || (host.power === 'on' && host.load[dimension] === null);
    return unknown ? null : Math.max(0, values[i]! / capacity);
  };
  return { cpu: share('cpu'), mem: share('mem'), net: share('net'), disk: share('disk') };
};

const vmCount = (placement: Placement, h: number): number =>
  placement.unitsOn(h).reduce((sum, u) => sum + placement.model.membersOf(u).length, 0);
