import { logistic, treeScorer, type BoostedTrees } from '../judge/boosted-trees.ts';
import { BoundaryMemory, crossingSteps, isBeyond } from '../judge/boundary-memory.ts';
import { classChangeFeatures, fillClassChangeFeatures } from '../judge/class-change-features.ts';
import { localLine } from '../judge/forecast-models.ts';
import { SeriesMemory } from '../judge/series-memory.ts';
import type { Boundary } from '../judge/series-pool.ts';
import { crossesSoon, tracePeriodMs, warmUpSamples } from './learn-crossings.ts';

/** Every moment at which a series was inside the boundary, with what each method said then and what came. */
export type ScoredCrossings = {
  readonly series: Uint32Array;
  readonly time: Uint32Array;
  readonly outcome: Uint8Array;
  readonly score: Float32Array;
  readonly early: Float32Array;
  readonly frequency: Float32Array;
  readonly localRegression: Float32Array;
};

/** Walks all series in time order; nothing of a moment's scores was unknown at that moment. */
export const scoreCrossings = (
  all: readonly Float32Array[],
  boundary: Boundary,
  trees: BoostedTrees,
): ScoredCrossings => {
  const scorer = treeScorer(trees);
  const features = new Float32Array(classChangeFeatures.length);
  const memory = new SeriesMemory(tracePeriodMs);
  const memories = new BoundaryMemory();
  memory.resize(1);
  memories.resize(1);
  const most = all.reduce((sum, series) => sum + series.length, 0);
  const out = {
    series: new Uint32Array(most),
    time: new Uint32Array(most),
    outcome: new Uint8Array(most),
    score: new Float32Array(most),
    early: new Float32Array(most),
    frequency: new Float32Array(most),
    localRegression: new Float32Array(most),
  };
  const sign = boundary.rising ? 1 : -1;
  let n = 0;
  all.forEach((series, s) => {
    memory.reset(0);
    memories.reset(0);
    let beyond = 0;
    for (let t = 0; t < series.length; t += 1) {
      const value = series[t]!;
      memory.add(0, value, t * tracePeriodMs);
      memories.add(0, value, boundary.value, boundary.rising);
      const isOver = isBeyond(value, boundary.value, boundary.rising);
      if (isOver) beyond += 1;
      if (isOver || t < warmUpSamples || t + crossingSteps >= series.length) continue;
      fillClassChangeFeatures(features, memory, 0, memories, 0, boundary.value, boundary.rising);
      const line = localLine(memory, 0);
      const far = sign * (line.value + line.slope * crossingSteps);
      out.series[n] = s;
      out.time[n] = t;
      out.outcome[n] = crossesSoon(series, t, boundary) ? 1 : 0;
      out.score[n] = logistic(scorer(features));
      out.early[n] = sign * value;
      out.frequency[n] = beyond / (t + 1);
      out.localRegression[n] = Math.max(far, sign * (line.value + line.slope));
      n += 1;
    }
  });
  return {
    series: out.series.subarray(0, n),
    time: out.time.subarray(0, n),
    outcome: out.outcome.subarray(0, n),
    score: out.score.subarray(0, n),
    early: out.early.subarray(0, n),
    frequency: out.frequency.subarray(0, n),
    localRegression: out.localRegression.subarray(0, n),
  };
};
