import type { BoostedTrees } from '../judge/boosted-trees.ts';
import { BoundaryMemory, crossingSteps, isBeyond } from '../judge/boundary-memory.ts';
import { classChangeFeatures, fillClassChangeFeatures } from '../judge/class-change-features.ts';
import type { Boundary } from '../judge/series-pool.ts';
import { SeriesMemory } from '../judge/series-memory.ts';
import { boostDefaults, boostTrees, type BoostOptions, TrainingRows } from './boost-trees.ts';
import { seededRandom } from '../advise/seeded-random.ts';

/** The first hour of a series is not scored and not learned from: there is no history yet. */
export const warmUpSamples = 12;

export const tracePeriodMs = 300_000;

/** Whether a series, inside the boundary at `t`, is beyond it in at least one of the next six samples. */
export const crossesSoon = (series: Float32Array, t: number, boundary: Boundary): boolean => {
  for (let k = 1; k <= crossingSteps; k += 1) {
    if (isBeyond(series[t + k]!, boundary.value, boundary.rising)) return true;
  }
  return false;
};

/** Both classes and those between: a policy may put its boundaries where it likes. */
const learnedBoundaries = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const share = { rising: 0.025, falling: 0.2 } as const;
const defaultBoundaryWeight = 2;

export type Material = {
  readonly traces: readonly Float32Array[];
  readonly synthetic: readonly Float32Array[];
};

/** Learns how likely a boundary is crossed from the features that the live models have at hand. */
export const learnCrossings = (
  material: Material,
  rising: boolean,
  options: BoostOptions = boostDefaults,
): BoostedTrees => {
  const rows = new TrainingRows(classChangeFeatures.length, 1 << 16);
  const random = seededRandom(options.seed);
  const features = new Float32Array(classChangeFeatures.length);
  const memory = new SeriesMemory(tracePeriodMs);
  const memories = new BoundaryMemory();
  memory.resize(1);
  memories.resize(learnedBoundaries.length);
  for (const [series, fraction] of weighted(material, rising ? share.rising : share.falling)) {
    memory.reset(0);
    for (let k = 0; k < learnedBoundaries.length; k += 1) memories.reset(k);
    for (let t = 0; t < series.length; t += 1) {
      const value = series[t]!;
      memory.add(0, value, t * tracePeriodMs);
      learnedBoundaries.forEach((line, k) => {
        const boundary = { value: rising ? line : line - 0.05, rising };
        memories.add(k, value, boundary.value, rising);
        if (t < warmUpSamples || t + crossingSteps >= series.length) return;
        const weight = line === 0.3 || line === 0.7 ? defaultBoundaryWeight : 1;
        if (random() >= weight * fraction || isBeyond(value, boundary.value, rising)) return;
        fillClassChangeFeatures(features, memory, 0, memories, k, boundary.value, rising);
        rows.add(features, crossesSoon(series, t, boundary) ? 1 : 0);
      });
    }
  }
  return boostTrees(rows, options);
};

function* weighted(material: Material, fraction: number): Generator<[Float32Array, number]> {
  for (const series of material.traces) yield [series, fraction];
  for (const series of material.synthetic) yield [series, 2 * fraction];
}
