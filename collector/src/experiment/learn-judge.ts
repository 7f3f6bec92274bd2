import type { JudgeParameters, OperatingPoint } from '../judge/judge-parameters.ts';
import type { BoostedTrees } from '../judge/boosted-trees.ts';
import type { TraceSet } from './backtest-traces.ts';
import { scoreCrossings } from './backtest-crossings.ts';
import { boostDefaults, type BoostOptions } from './boost-trees.ts';
import { learnCombination } from './learn-combination.ts';
import { learnCrossings } from './learn-crossings.ts';
import { syntheticMixture } from './synthetic-series.ts';

export type LearnOptions = {
  readonly boost?: BoostOptions;
  /** Told after each step. */
  readonly progress?: (step: string) => void;
};

/** Of every nine series that trees learn from, one is made up: ramps, leaks and steps are rare in a day's traces. */
const syntheticShare = 1 / 8;
const precisions = [0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95];
const judgedBoundaries = [0.3, 0.7];
const hysteresis = 0.05;

/**
 * Learns all that judging starts from. The operating points come from traces that the trees had not seen: one half
 * is judged by what was learned on the other.
 */
export const learnJudgeParameters = (
  sets: readonly TraceSet[],
  options: LearnOptions = {},
): JudgeParameters => {
  const progress = options.progress ?? (() => undefined);
  const boost = options.boost ?? boostDefaults;
  const everything = sets.flatMap(seriesOf);
  const combination = learnCombination(everything);
  progress('combination of forecasts');
  const folds = foldsOf(sets);
  const learn = (rising: boolean): { trees: BoostedTrees; points: OperatingPoint[] } => {
    const direction = rising ? 'rising' : 'falling';
    const scored = folds.map(({ seen, unseen }, i) => {
      const trees = learnCrossings(materialOf(seen), rising, boost);
      progress(`${direction} crossings, check ${i + 1} of ${folds.length}`);
      return judgedBoundaries.map((line) =>
        scoreCrossings(unseen, { value: rising ? line : line - hysteresis, rising }, trees),
      );
    });
    const trees = learnCrossings(materialOf(everything), rising, boost);
    progress(`${direction} crossings`);
    return { trees, points: operatingPoints(scored.flat()) };
  };
  const rising = learn(true);
  const falling = learn(false);
  return {
    version: 1,
    learnedFrom: sets.map((set) => `${set.name} (${set.traces.length} VMs)`).join(', '),
    combination,
    rising: rising.trees,
    falling: falling.trees,
    operatingPoints: { rising: rising.points, falling: falling.points },
  };
};

const seriesOf = (set: TraceSet): Float32Array[] => set.traces.flatMap((trace) => trace.series);

const materialOf = (traces: readonly Float32Array[]) => ({
  traces,
  synthetic: syntheticMixture(Math.ceil(traces.length * syntheticShare), 11),
});

/** Two halves, each checked by trees learned on the other: of the sets, or of the VMs when there is one set. */
const foldsOf = (sets: readonly TraceSet[]): { seen: Float32Array[]; unseen: Float32Array[] }[] => {
  const parts = sets.length > 1 ? sets.map(seriesOf) : seriesOf(sets[0]!).map((series) => [series]);
  const half = (odd: boolean) => parts.filter((_, i) => (i % 2 === 1) === odd).flat();
  return [
    { seen: half(false), unseen: half(true) },
    { seen: half(true), unseen: half(false) },
  ];
};

/** For each precision the lowest probability at which all announcements together were that precise. */
const operatingPoints = (
  scored: readonly { score: Float32Array; outcome: Uint8Array }[],
): OperatingPoint[] => {
  const bins = 1000;
  const all = new Float64Array(bins + 1);
  const right = new Float64Array(bins + 1);
  for (const { score, outcome } of scored) {
    for (let i = 0; i < score.length; i += 1) {
      const bin = Math.floor(score[i]! * bins);
      all[bin] = all[bin]! + 1;
      right[bin] = right[bin]! + outcome[i]!;
    }
  }
  return precisions.flatMap((precision) => {
    let announced = 0;
    let hits = 0;
    let lowest = -1;
    for (let bin = bins; bin >= 0; bin -= 1) {
      announced += all[bin]!;
      hits += right[bin]!;
      if (announced > 0 && hits / announced >= precision) lowest = bin;
    }
    return lowest < 0 ? [] : [{ precision, probability: lowest / bins }];
  });
};
