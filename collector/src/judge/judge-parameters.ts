import type { BoostedTrees } from './boosted-trees.ts';
import type { CombinationStart } from './forecast-memory.ts';

/** At `probability` or more, announcements were right in this share of cases, on traces the trees had not seen. */
export type OperatingPoint = { readonly precision: number; readonly probability: number };

/** What was learned offline. `evenkeel learn` makes it; online each series moves on from here. */
export type JudgeParameters = {
  readonly version: 1;
  readonly learnedFrom: string;
  readonly combination: CombinationStart;
  readonly rising: BoostedTrees;
  readonly falling: BoostedTrees;
  readonly operatingPoints: {
    readonly rising: readonly OperatingPoint[];
    readonly falling: readonly OperatingPoint[];
  };
};

/** The lowest probability at which announcements are expected to be right in the wanted share of cases. */
export const operatingProbability = (points: readonly OperatingPoint[], precision: number): number => {
  const sorted = [...points].sort((a, b) => a.precision - b.precision);
  const enough = sorted.find((point) => point.precision >= precision);
  return enough?.probability ?? Math.max(precision, sorted.at(-1)?.probability ?? 1);
};
