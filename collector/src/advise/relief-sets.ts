/** What must come off a host: one number per measure, in shares of that measure's limit. */
export type ReliefCandidate = { readonly unit: number; readonly cost: number; readonly relief: Float64Array };

const widest = 40;
const mostSets = 60;

/**
 * Sets of units whose leaving covers the whole excess, the cheapest first. All singles, pairs and triples of the best
 * candidates are looked at; where three are not enough, one larger set is grown greedily and thinned out again.
 */
export const reliefSets = (
  candidates: readonly ReliefCandidate[],
  excess: Float64Array,
): (readonly ReliefCandidate[])[] => {
  const useful = candidates
    .map((candidate) => ({ candidate, worth: worthOf(candidate, excess) }))
    .filter(({ worth }) => worth > 0)
    .sort(
      (a, b) =>
        b.worth / b.candidate.cost - a.worth / a.candidate.cost || a.candidate.unit - b.candidate.unit,
    )
    .map(({ candidate }) => candidate);
  const best = useful.slice(0, widest);
  // A single that suffices may be dear per byte and yet the cheapest set of all.
  for (const candidate of useful.slice(widest)) if (covers([candidate], excess)) best.push(candidate);
  const found: { set: ReliefCandidate[]; cost: number }[] = [];
  const add = (set: ReliefCandidate[]) => {
    if (covers(set, excess)) found.push({ set, cost: set.reduce((sum, one) => sum + one.cost, 0) });
  };
  for (let i = 0; i < best.length; i += 1) {
    add([best[i]!]);
    for (let j = i + 1; j < best.length; j += 1) {
      add([best[i]!, best[j]!]);
      for (let k = j + 1; k < best.length; k += 1) add([best[i]!, best[j]!, best[k]!]);
    }
  }
  const grown = growSet(useful, excess);
  if (grown !== null) found.push({ set: grown, cost: grown.reduce((sum, one) => sum + one.cost, 0) });
  found.sort((a, b) => a.cost - b.cost || a.set.length - b.set.length);
  const chosen: ReliefCandidate[][] = [];
  for (const { set } of found) {
    if (chosen.length >= mostSets) break;
    const superfluous =
      set.length > 1 &&
      set.some((one) =>
        covers(
          set.filter((other) => other !== one),
          excess,
        ),
      );
    if (!superfluous) chosen.push(set);
  }
  return chosen;
};

const covers = (set: readonly ReliefCandidate[], excess: Float64Array): boolean => {
  for (let m = 0; m < excess.length; m += 1) {
    let sum = 0;
    for (const one of set) sum += one.relief[m]!;
    if (sum < excess[m]! - 1e-12) return false;
  }
  return true;
};

/** How much of the excess one unit takes off, measure by measure. */
const worthOf = (candidate: ReliefCandidate, excess: Float64Array): number => {
  let worth = 0;
  for (let m = 0; m < excess.length; m += 1)
    if (excess[m]! > 0) worth += Math.min(candidate.relief[m]!, excess[m]!) / excess[m]!;
  return worth;
};

const growSet = (candidates: readonly ReliefCandidate[], excess: Float64Array): ReliefCandidate[] | null => {
  const left = new Set(candidates);
  const open = excess.slice();
  const set: ReliefCandidate[] = [];
  while (open.some((value) => value > 1e-12)) {
    let best: ReliefCandidate | null = null;
    let bestRatio = 0;
    for (const candidate of left) {
      const ratio = worthOf(candidate, open) / candidate.cost;
      if (ratio > bestRatio) {
        best = candidate;
        bestRatio = ratio;
      }
    }
    if (best === null) return null;
    left.delete(best);
    set.push(best);
    for (let m = 0; m < open.length; m += 1) open[m] = Math.max(0, open[m]! - best.relief[m]!);
  }
  for (const one of [...set].sort((a, b) => b.cost - a.cost)) {
    const rest = set.filter((other) => other !== one);
    if (covers(rest, excess)) set.splice(set.indexOf(one), 1);
  }
  return set;
};
