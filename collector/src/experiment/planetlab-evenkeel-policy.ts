import { livePlanner } from './planetlab-live-planner.ts';
import { noOrders, type FleetView, type Orders, type PlanetlabPolicy } from './planetlab-policy.ts';

/** Evenkeel on the honest track. */
export const evenkeel = (): PlanetlabPolicy => {
  const plan = livePlanner();
  return {
    decide(view: FleetView): Orders {
      if (view.interval === 0) return noOrders;
      const { moves, switchOn, switchOff } = plan(
        view.interval,
        view.hosts.map((host) => ({ ...host, memoryMb: host.model.ramMb })),
        view.vms.map(({ loads, movingTo, ...vm }) => ({
          ...vm,
          copying: movingTo !== undefined,
          load: loads.at(-1)!,
        })),
      );
      const used = new Set(
        view.vms.flatMap(({ host, movingTo }) => [host, movingTo]).concat(moves.map(({ target }) => target)),
      );
      // A host that was to be switched off and could not be emptied in time is switched off later.
      const forgotten = view.hosts.filter(({ index, power }) => power === 'on' && !used.has(index));
      return {
        moves: moves.filter(({ vm }) => view.vms[vm]!.movingTo === undefined),
        switchOn: switchOn.filter((index) => view.hosts[index]!.power === 'off'),
        switchOff: [...new Set([...switchOff, ...forgotten.map(({ index }) => index)])],
      };
    },
  };
};
