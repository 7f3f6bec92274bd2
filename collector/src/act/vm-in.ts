import type { Snapshot } from '../fleet/snapshot.ts';
import type { Vm } from '../fleet/vm.ts';

/** A VM of a snapshot by its uuid. Where it was before, its definition may have stayed behind: it is where it runs. */
export const vmIn = (snapshot: Pick<Snapshot, 'vms'> | null, uuid: string): Vm | undefined => {
  const same = (snapshot?.vms ?? []).filter((vm) => vm.uuid === uuid);
  return same.find(({ state }) => state !== 'shutoff') ?? same[0];
};
