/** Boosted decision trees, as they stand in a parameter file. Leaf: feature -1, `value` counts. */
export type BoostedTrees = {
  readonly base: number;
  /** One after the other, all nodes of all trees; `left` is relative to the node, `left + 1` the other branch. */
  readonly roots: readonly number[];
  readonly feature: readonly number[];
  /** A node's threshold, or a leaf's value. */
  readonly value: readonly number[];
  readonly left: readonly number[];
};

export type TreeScorer = (features: Float32Array) => number;

/** Makes a function that gives the log-odds. */
export const treeScorer = (trees: BoostedTrees): TreeScorer => {
  const roots = Int32Array.from(trees.roots);
  const feature = Int16Array.from(trees.feature);
  const value = Float32Array.from(trees.value);
  const left = Int32Array.from(trees.left, (offset, node) => node + offset);
  return (features) => {
    let sum = trees.base;
    for (const root of roots) {
      let node = root;
      let f = feature[node]!;
      while (f >= 0) {
        // Unknown (NaN) goes right.
        node = features[f]! <= value[node]! ? left[node]! : left[node]! + 1;
        f = feature[node]!;
      }
      sum += value[node]!;
    }
    return sum;
  };
};

export const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));
