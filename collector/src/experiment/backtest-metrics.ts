/** The order of scores, highest first. */
const byScore = (score: Float32Array): Uint32Array =>
  Uint32Array.from(score, (_, i) => i).sort((a, b) => score[b]! - score[a]! || a - b);

/** What one walks through when the threshold is lowered from score to score; equal scores go together. */
function* thresholds(
  score: Float32Array,
  outcome: Uint8Array,
): Generator<{ threshold: number; announced: number; right: number; rightHere: number }> {
  const order = byScore(score);
  let right = 0;
  let i = 0;
  while (i < order.length) {
    const threshold = score[order[i]!]!;
    let rightHere = 0;
    while (i < order.length && score[order[i]!] === threshold) rightHere += outcome[order[i++]!]!;
    right += rightHere;
    yield { threshold, announced: i, right, rightHere };
  }
}

const sumOf = (outcome: Uint8Array): number => outcome.reduce((sum, one) => sum + one, 0);

/** The mean of the precision over all recalls (step-wise); ties are taken as one step. NaN when nothing happened. */
export const averagePrecision = (score: Float32Array, outcome: Uint8Array): number => {
  const all = sumOf(outcome);
  let area = 0;
  for (const { announced, right, rightHere } of thresholds(score, outcome)) {
    area += (rightHere / all) * (right / announced);
  }
  return all === 0 ? NaN : area;
};

/** The largest recall that some threshold reaches at this precision or better. */
export const recallAtPrecision = (
  score: Float32Array,
  outcome: Uint8Array,
  precision: number,
): { recall: number; threshold: number | null } => {
  const all = sumOf(outcome);
  let best: { recall: number; threshold: number | null } = { recall: 0, threshold: null };
  for (const { threshold, announced, right } of thresholds(score, outcome)) {
    if (right / announced >= precision && right / all > best.recall)
      best = { recall: right / all, threshold };
  }
  return best;
};

export type ReliabilityRow = {
  readonly from: number;
  readonly to: number;
  readonly moments: number;
  /** The mean probability that was told, and the share in which it came true. */
  readonly told: number;
  readonly happened: number;
};

/** Ten equal bins of probability, and the expected calibration error over them. */
export const reliability = (
  score: Float32Array,
  outcome: Uint8Array,
): { rows: ReliabilityRow[]; expectedCalibrationError: number } => {
  const bins = 10;
  const moments = new Float64Array(bins);
  const told = new Float64Array(bins);
  const happened = new Float64Array(bins);
  for (let i = 0; i < score.length; i += 1) {
    const bin = Math.min(bins - 1, Math.floor(score[i]! * bins));
    moments[bin] = moments[bin]! + 1;
    told[bin] = told[bin]! + score[i]!;
    happened[bin] = happened[bin]! + outcome[i]!;
  }
  let error = 0;
  const rows = Array.from(moments, (count, bin) => {
    error += Math.abs(told[bin]! - happened[bin]!);
    return {
      from: bin / bins,
      to: (bin + 1) / bins,
      moments: count,
      told: count === 0 ? 0 : told[bin]! / count,
      happened: count === 0 ? 0 : happened[bin]! / count,
    };
  });
  return { rows, expectedCalibrationError: score.length === 0 ? 0 : error / score.length };
};

export const median = (values: readonly number[]): number => {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** How much a quantile forecast costs: missing above and below weigh as the level says. */
export const pinballLoss = (truth: number, told: number, level: number): number =>
  truth >= told ? level * (truth - told) : (1 - level) * (told - truth);
