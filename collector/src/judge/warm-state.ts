import { dimensions, type Dimension } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import { type JudgeState, watchBoundaries } from './judge-state.ts';

/** What a database remembers of one load, oldest first; the finer the samples the better, a period apart is enough. */
export type LoadHistory = {
  readonly subject: 'host' | 'vm';
  /** A host's name, a VM's uuid. */
  readonly id: string;
  readonly dimension: Dimension;
  readonly samples: readonly { readonly at: number; readonly value: number }[];
};

/** Lets a fresh state learn from history, so that forecasts are there with the first snapshot after a restart. */
export const warmJudgeState = (state: JudgeState, histories: Iterable<LoadHistory>, policy: Policy): void => {
  watchBoundaries(state, policy);
  for (const { subject, id, dimension, samples } of histories) {
    const newest = samples.at(-1);
    if (newest === undefined) continue;
    const [book, series, watching] =
      subject === 'host'
        ? [state.hosts, state.hostSeries, state.watching.host]
        : [state.vms, state.vmSeries, state.watching.vm];
    const d = dimensions.indexOf(dimension);
    const index = book.slot(id, newest.at) * dimensions.length + d;
    for (const { at, value } of samples) series.add(index, value, at, watching[d]!);
  }
};
