import type { PackingHost } from '../advise/packing.ts';
import { planPacking } from './plan-packing.ts';
import { powerAt } from './planetlab-fleet.ts';
import type { FleetView, Orders, PlanetlabPolicy } from './planetlab-policy.ts';

/** A VM rests for the day after it moved that often. */
const movesPerDay = 2;

/** Evenkeel on the honest track. */
export const evenkeel = (): PlanetlabPolicy => {
  const moved = new Map<number, number>();
  return {
    decide(view: FleetView): Orders {
      const copying = new Set<number>();
      const reserved = new Map<number, number>();
      for (const { host, movingTo, ramMb } of view.vms) {
        if (movingTo === undefined) continue;
        copying.add(host).add(movingTo);
        reserved.set(movingTo, (reserved.get(movingTo) ?? 0) + ramMb);
      }
      const packing = planPacking(
        view.hosts.map(({ index, model, power }): PackingHost => ({
          memory: model.ramMb,
          memoryReserved: reserved.get(index) ?? 0,
          cpu: model.mips,
          core: model.coreMips,
          cost: powerAt(model, 0),
          on: power === 'on' || power === 'booting',
          keep: copying.has(index) || power === 'booting' || power === 'stopping',
          closed: power === 'stopping',
        })),
        view.vms.map(({ index, ramMb, mips, host, movingTo, loads }) => ({
          memory: ramMb,
          mips,
          host,
          fixed: movingTo !== undefined || (moved.get(index) ?? 0) >= movesPerDay,
          loads,
        })),
      );
      const moves = packing.moves().map(({ vm, to }) => ({ vm, target: to }));
      for (const { vm } of moves) moved.set(vm, (moved.get(vm) ?? 0) + 1);
      const targets = new Set(moves.map(({ target }) => target));
      return {
        moves,
        switchOn: [...targets].filter((index) => view.hosts[index]!.power === 'off'),
        switchOff: view.hosts
          .filter(({ index, power }) => power === 'on' && !copying.has(index) && packing.isEmpty(index))
          .map(({ index }) => index),
      };
    },
  };
};
