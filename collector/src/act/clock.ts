import { setTimeout } from 'node:timers/promises';

/** The only time that act knows. */
export type Clock = {
  readonly now: () => number;
  /** Rejects when the signal fires. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  now: Date.now,
  sleep: async (milliseconds, signal) => {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};
