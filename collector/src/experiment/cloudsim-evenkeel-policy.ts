import type { PackingHost } from '../advise/packing.ts';
import { cloudsimThrMmt, type CloudsimMove, type CloudsimPolicy } from './cloudsim-reference-policy.ts';
import { planPacking } from './plan-packing.ts';
import { powerAt } from './planetlab-fleet.ts';

/** Evenkeel on the CloudSim track, where memory counts for nothing once a VM was created. */
export const cloudsimEvenkeel = (): CloudsimPolicy => ({
  // VMs are created as the published policies create them.
  place: cloudsimThrMmt(0.8).place,
  plan: (hosts): CloudsimMove[] => {
    const known = hosts.flatMap((host) => host.vms.map((vm) => ({ vm, host })));
    const packing = planPacking(
      hosts.map(({ model, vmCount }): PackingHost => ({
        memory: Infinity,
        memoryReserved: 0,
        cpu: model.mips,
        core: model.coreMips,
        cost: powerAt(model, 1),
        on: vmCount > 0,
        keep: false,
        closed: false,
      })),
      known.map(({ vm, host }) => ({
        // What it costs to copy.
        memory: vm.ramMb,
        mips: vm.mips,
        host: host.index,
        fixed: false,
        loads: Float64Array.from(vm.history).reverse(),
      })),
    );
    return packing.moves().map(({ vm: index, to }) => {
      const { vm, host } = known[index]!;
      const target = hosts[to]!;
      // CloudSim's schedulers forget that a VM once left them only when a plan puts it there again.
      host.remove(vm);
      target.add(vm);
      return { vm, target };
    });
  },
});
