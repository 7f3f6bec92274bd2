import { type AdviseHistory, type AdviseOptions, defaultBudget } from './advice.ts';
import { Constraints } from './constraints.ts';
import type { FleetModel } from './fleet-model.ts';
import { Placement } from './placement.ts';
import { hopelessKey, type Planning } from './planning.ts';
import { Restraint } from './restraint.ts';
import type { RefusalCode } from './refusal.ts';
import { SearchClock } from './search-clock.ts';

/** Everything that the planners of one tick share, and the rules that hold for all of them. */
export const createPlanning = (
  model: FleetModel,
  history: AdviseHistory,
  options: AdviseOptions,
): Planning => {
  const start = new Placement(model);
  const restraint = new Restraint(history.moves, history.power, model.snapshot.at, model.policy);
  const plannedUnits = new Set<number>();
  const plannedHosts = new Set<number>();
  const hopeless = new Map<string, RefusalCode>();
  const ordered = new Set([...(options.drain ?? []).flatMap((name) => model.hostIndex.get(name) ?? [])]);
  const constraints: Planning['constraints'] = (wanted = {}) =>
    new Constraints(model, {
      switchedOn: wanted.switchedOn ?? new Set(),
      leaving: new Set([...ordered, ...(wanted.leaving ?? [])]),
      extra: (u, h) => {
        if (h < 0) {
          if (plannedUnits.has(u)) return 'planned-already';
          if (wanted.disturbResting === true || restraint.isEmpty) return null;
          return anyMember(model, u, (uuid) => restraint.isResting(uuid)) ? 'resting' : null;
        }
        if (hopeless.size > 0) {
          const known = hopeless.get(hopelessKey(u, h));
          if (known !== undefined) return known;
        }
        if (wanted.disturbResting === true || restraint.isEmpty) return null;
        const { name } = model.hosts[h]!;
        return anyMember(model, u, (uuid) => restraint.wouldReturn(uuid, name)) ? 'would-return' : null;
      },
    });
  return {
    model,
    start,
    booked: start.copy(),
    plannedUnits,
    plannedHosts,
    hopeless,
    restraint,
    previous: history.previous,
    clock: new SearchClock(options.budget ?? defaultBudget),
    options,
    refused: [],
    constraints,
  };
};

const anyMember = (model: FleetModel, u: number, is: (uuid: string) => boolean): boolean =>
  model.membersOf(u).some((v) => is(model.vms[v]!.uuid));
