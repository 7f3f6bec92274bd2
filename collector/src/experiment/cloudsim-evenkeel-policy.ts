import { cloudsimThrMmt, type CloudsimMove, type CloudsimPolicy } from './cloudsim-reference-policy.ts';
import { livePlanner } from './planetlab-live-planner.ts';

/** Memory counts for nothing on this track once a VM was created: more than all VMs of the experiment have. */
const memoryMb = 2 ** 24;

/** Evenkeel on the CloudSim track. */
export const cloudsimEvenkeel = (): CloudsimPolicy => {
  const plan = livePlanner();
  let interval = 0;
  return {
    // VMs are created as the published policies create them.
    place: cloudsimThrMmt(0.8).place,
    plan: (hosts): CloudsimMove[] => {
      interval += 1;
      const known = new Map(hosts.flatMap((host) => host.vms.map((vm) => [vm.index, { vm, host }] as const)));
      const { moves } = plan(
        interval,
        hosts.map(({ index, model, vmCount }) => ({
          index,
          model,
          power: vmCount > 0 ? 'on' : 'off',
          memoryMb,
        })),
        [...known.values()].map(({ vm: { index, mips, ramMb, history }, host }) => ({
          index,
          mips,
          ramMb,
          host: host.index,
          copying: false,
          load: history[0] ?? 0,
        })),
      );
      return moves.map(({ vm: index, target: to }) => {
        const { vm, host } = known.get(index)!;
        const target = hosts[to]!;
        // CloudSim's schedulers forget that a VM once left them only when a plan puts it there again.
        host.remove(vm);
        target.add(vm);
        return { vm, target };
      });
    },
  };
};
