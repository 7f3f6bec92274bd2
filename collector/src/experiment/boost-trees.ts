import type { BoostedTrees } from '../judge/boosted-trees.ts';
import { seededRandom } from '../advise/seeded-random.ts';

export type BoostOptions = {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  /** The least curvature in a leaf: smaller ones would learn chance. */
  readonly leafWeight: number;
  readonly seed: number;
};

export const boostDefaults: BoostOptions = { trees: 100, depth: 4, rate: 0.15, leafWeight: 30, seed: 7 };

const bins = 64;

/** Rows of features with a 0/1 outcome and a weight each, column by column, growing as they come. */
export class TrainingRows {
  readonly columns: Float32Array[];
  outcome: Uint8Array;
  length = 0;

  constructor(features: number, capacity: number) {
    this.columns = Array.from({ length: features }, () => new Float32Array(capacity));
    this.outcome = new Uint8Array(capacity);
  }

  add(features: Float32Array, outcome: 0 | 1): void {
    if (this.length === this.outcome.length) this.#grow();
    for (let f = 0; f < this.columns.length; f += 1) this.columns[f]![this.length] = features[f]!;
    this.outcome[this.length] = outcome;
    this.length += 1;
  }

  #grow(): void {
    const capacity = this.outcome.length * 2;
    this.columns.forEach((column, f) => {
      const larger = new Float32Array(capacity);
      larger.set(column);
      this.columns[f] = larger;
    });
    const outcome = new Uint8Array(capacity);
    outcome.set(this.outcome);
    this.outcome = outcome;
  }
}

const cutsOf = (column: Float32Array, length: number): Float32Array => {
  const sample = new Float32Array(Math.min(length, 50_000));
  for (let i = 0; i < sample.length; i += 1) sample[i] = column[Math.floor((i * length) / sample.length)]!;
  sample.sort();
  const cuts: number[] = [];
  for (let b = 1; b < bins; b += 1) {
    const i = Math.floor((b * sample.length) / bins);
    const cut = Math.fround((sample[Math.max(0, i - 1)]! + sample[i]!) / 2);
    if (cuts.length === 0 || cut > cuts.at(-1)!) cuts.push(cut);
  }
  return Float32Array.from(cuts);
};

const binned = (column: Float32Array, length: number, cuts: Float32Array): Uint8Array => {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i += 1) {
    const value = column[i]!;
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= cuts[middle]!) high = middle;
      else low = middle + 1;
    }
    out[i] = low;
  }
  return out;
};

/** Learns boosted trees on the logistic loss: level by level, on histograms of the features, half of the rows a tree. */
export const boostTrees = (rows: TrainingRows, options: BoostOptions = boostDefaults): BoostedTrees => {
  const n = rows.length;
  const random = seededRandom(options.seed);
  const cuts = rows.columns.map((column) => cutsOf(column, n));
  const binnedColumns = rows.columns.map((column, f) => binned(column, n, cuts[f]!));
  let positives = 0;
  for (let i = 0; i < n; i += 1) positives += rows.outcome[i]!;
  const base = Math.log((positives + 1) / (n - positives + 1));
  const score = new Float32Array(n).fill(base);
  const picked = new Int32Array(n);
  const gradient = new Float32Array(n);
  const curvature = new Float32Array(n);
  const drawn = binnedColumns.map(() => new Uint8Array(n));
  const result = {
    base: round(base),
    roots: [] as number[],
    feature: [] as number[],
    value: [] as number[],
    left: [] as number[],
  };
  for (let t = 0; t < options.trees; t += 1) {
    let m = 0;
    for (let i = 0; i < n; i += 1) {
      if (random() >= 0.5) continue;
      const p = 1 / (1 + Math.exp(-score[i]!));
      gradient[m] = rows.outcome[i]! - p;
      curvature[m] = p * (1 - p);
      picked[m++] = i;
    }
    for (let f = 0; f < binnedColumns.length; f += 1) {
      for (let i = 0; i < m; i += 1) drawn[f]![i] = binnedColumns[f]![picked[i]!]!;
    }
    const tree = growTree(drawn, cuts, gradient, curvature, m, options);
    appendTree(result, tree);
    addTree(score, tree, binnedColumns);
  }
  return result;
};

type Node = { feature: number; bin: number; threshold: number; left: number; value: number };

const growTree = (
  columns: readonly Uint8Array[],
  cuts: readonly Float32Array[],
  gradient: Float32Array,
  curvature: Float32Array,
  n: number,
  options: BoostOptions,
): Node[] => {
  const nodeOf = new Int16Array(n);
  const nodes: Node[] = [{ feature: -1, bin: 0, threshold: 0, left: 0, value: 0 }];
  let open = [0];
  for (let depth = 0; depth <= options.depth && open.length > 0; depth += 1) {
    const place = new Int16Array(nodes.length).fill(-1);
    open.forEach((node, k) => (place[node] = k));
    const sums = new Float64Array(open.length * 2);
    for (let i = 0; i < n; i += 1) {
      const node = nodeOf[i]!;
      if (place[node]! < 0) continue;
      const k = place[node]! * 2;
      sums[k] = sums[k]! + gradient[i]!;
      sums[k + 1] = sums[k + 1]! + curvature[i]!;
    }
    open.forEach((node, k) => {
      nodes[node]!.value = (options.rate * sums[k * 2]!) / (sums[k * 2 + 1]! + 1);
    });
    if (depth === options.depth) break;
    const best = open.map(() => ({ gain: 1e-3, feature: -1, bin: 0 }));
    const histogram = new Float64Array(open.length * bins * 2);
    const starts = new Int32Array(n);
    for (let i = 0; i < n; i += 1) starts[i] = place[nodeOf[i]!]! < 0 ? -1 : place[nodeOf[i]!]! * bins * 2;
    columns.forEach((column, f) => {
      histogram.fill(0);
      addToHistogram(histogram, starts, column, gradient, curvature);
      for (let k = 0; k < open.length; k += 1) {
        const allG = sums[k * 2]!;
        const allH = sums[k * 2 + 1]!;
        const parent = (allG * allG) / (allH + 1);
        let g = 0;
        let h = 0;
        for (let b = 0; b < cuts[f]!.length; b += 1) {
          g += histogram[(k * bins + b) * 2]!;
          h += histogram[(k * bins + b) * 2 + 1]!;
          if (h < options.leafWeight || allH - h < options.leafWeight) continue;
          const gain = (g * g) / (h + 1) + (allG - g) ** 2 / (allH - h + 1) - parent;
          if (gain > best[k]!.gain) best[k] = { gain, feature: f, bin: b };
        }
      }
    });
    const next: number[] = [];
    open.forEach((node, k) => {
      const split = best[k]!;
      if (split.feature < 0) return;
      const left = nodes.length;
      Object.assign(nodes[node]!, { ...split, threshold: cuts[split.feature]![split.bin]!, left });
      for (let side = 0; side < 2; side += 1)
        nodes.push({ feature: -1, bin: 0, threshold: 0, left: 0, value: 0 });
      next.push(left, left + 1);
    });
    for (let i = 0; i < n; i += 1) {
      const { feature, bin, left } = nodes[nodeOf[i]!]!;
      if (feature >= 0) nodeOf[i] = columns[feature]![i]! <= bin ? left : left + 1;
    }
    open = next;
  }
  return nodes;
};

/** The innermost loop, on its own so that it is compiled well. */
const addToHistogram = (
  histogram: Float64Array,
  starts: Int32Array,
  column: Uint8Array,
  gradient: Float32Array,
  curvature: Float32Array,
): void => {
  for (let i = 0; i < starts.length; i += 1) {
    const start = starts[i]!;
    if (start < 0) continue;
    const h = start + column[i]! * 2;
    histogram[h] = histogram[h]! + gradient[i]!;
    histogram[h + 1] = histogram[h + 1]! + curvature[i]!;
  }
};

const addTree = (score: Float32Array, tree: readonly Node[], columns: readonly Uint8Array[]): void => {
  for (let i = 0; i < score.length; i += 1) {
    let node = tree[0]!;
    while (node.feature >= 0)
      node = tree[columns[node.feature]![i]! <= node.bin ? node.left : node.left + 1]!;
    score[i] = score[i]! + node.value;
  }
};

/** Four digits are as good as all, in a file that people may look at. */
const round = (value: number): number => Number(value.toPrecision(4));

const appendTree = (
  result: { roots: number[]; feature: number[]; value: number[]; left: number[] },
  tree: readonly Node[],
): void => {
  result.roots.push(result.feature.length);
  tree.forEach((node, i) => {
    result.feature.push(node.feature);
    result.value.push(node.feature < 0 ? round(node.value) : round(node.threshold));
    result.left.push(node.feature < 0 ? 0 : node.left - i);
  });
};
