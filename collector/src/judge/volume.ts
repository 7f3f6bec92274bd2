import type { Load } from '../fleet/load.ts';

const headroom = (share: number | null) => Math.max(0.01, 1 - Math.min(1, share ?? 0));

/** Sandpiper's volume: how loaded a host is over several dimensions at once; ranks hot spots. */
export const volume = (load: Load): number =>
  1 / (headroom(load.cpu) * headroom(load.mem) * headroom(load.net));
