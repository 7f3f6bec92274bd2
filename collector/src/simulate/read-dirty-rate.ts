import { GuestMemory, pageBytes } from './guest-memory.ts';
import { seedFor } from './noise.ts';
import type { SimVm } from './sim-vm.ts';

/** What sampling the guest's pages for a while would find: different pages written, in MiB per second. */
export function readDirtyRate(vm: SimVm, seconds: number, now: number): number {
  const touched = Math.min(1, Math.max(0.05, vm.rssBytes / vm.plan.memBytes));
  const memory = new GuestMemory(
    vm.plan.memBytes,
    touched,
    vm.plan.hot ?? { share: 0.85, of: 0.06 },
    seedFor(vm.plan.seed, `dirty ${now}`),
  );
  memory.write(vm.wants.pageWritesPerSecond * seconds);
  return (memory.dirtied * pageBytes) / 1_048_576 / seconds;
}
