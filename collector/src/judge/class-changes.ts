import type { ClassChange } from '../fleet/class-change.ts';
import { loadClasses, type LoadClass } from '../fleet/load-class.ts';
import { dimensions } from '../fleet/load.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Vm } from '../fleet/vm.ts';
import { crossingSteps } from './boundary-memory.ts';
import { dimensionNames, percent, span, vmSubject } from './describe.ts';
import type { FindingBook } from './finding-book.ts';
import { operatingProbability, type JudgeParameters } from './judge-parameters.ts';
import { classRank } from './load-classes.ts';
import { RecentTrend } from './recent-trend.ts';
import type { SeriesPool } from './series-pool.ts';
import { watched } from './watched-boundaries.ts';

/** A fall is what most high loads do next: below even odds it is not worth a word. */
const leastToFall = 0.5;
/** What was announced stays announced until it has become clearly less likely. */
const stickiness = 0.7;
/** Changes less likely than this part of the operating point are not even listed. */
const listedFrom = 0.5;

const width = dimensions.length;

type Crossing = {
  probability: number;
  dimension: number;
  to: LoadClass;
  boundary: number;
  /** When a steady rise gets there; NaN when it is no such rise. */
  arrivalMs: number;
};

export type ClassChangeRules = {
  readonly rising: number;
  readonly falling: number;
  readonly horizonMs: number;
  /** The horizon that the probabilities were learned for is half an hour; a policy may want another. */
  readonly stretch: number;
};

export const classChangeRules = (
  parameters: JudgeParameters,
  policy: Policy,
  periodMs: number,
): ClassChangeRules => {
  const { rising, falling } = parameters.operatingPoints;
  const horizonMs = policy.horizonMinutes * 60_000;
  return {
    rising: operatingProbability(rising, policy.classChangePrecision),
    falling: Math.max(leastToFall, operatingProbability(falling, policy.classChangePrecision)),
    horizonMs,
    stretch: horizonMs / (crossingSteps * periodMs),
  };
};

/** The change of a VM's class that is likeliest within the horizon, or null when none is likely enough to list. */
export const predictClassChange = (
  vm: Vm,
  slot: number,
  current: LoadClass,
  series: SeriesPool,
  rules: ClassChangeRules,
  at: number,
  policy: Policy,
  book: FindingBook,
): ClassChange | null => {
  const rise = likeliestRise(slot, current, series, rules, policy);
  const fall = likeliestFall(slot, current, series, policy);
  const chosen =
    rise !== null && (fall === null || rise.probability / rules.rising >= fall.probability / rules.falling)
      ? rise
      : fall;
  if (chosen === null) return null;
  const point = chosen === rise ? rules.rising : rules.falling;
  if (chosen.probability < point * listedFrom) return null;
  const announced =
    chosen.probability >= point ||
    (chosen.probability >= point * stickiness && book.isOpen('class-change', 'vm', vm.uuid));
  const within = 1 - (1 - Math.min(0.999, chosen.probability)) ** rules.stretch;
  return {
    uuid: vm.uuid,
    vm: vm.name,
    host: vm.host,
    dimension: dimensions[chosen.dimension]!,
    from: current,
    to: chosen.to,
    at,
    when: at + likeliestDelay(slot * width + chosen.dimension, chosen, chosen === rise, series, rules),
    probability: within,
    announced,
  };
};

const likeliestRise = (
  slot: number,
  current: LoadClass,
  series: SeriesPool,
  rules: ClassChangeRules,
  policy: Policy,
): Crossing | null => {
  if (current === 'high') return null;
  const toHigh = highest(slot, series, 'high', rules, policy);
  const toMedium = current === 'low' ? highest(slot, series, 'medium', rules, policy) : null;
  const direct = toHigh !== null && (toMedium === null || toHigh.probability >= rules.rising);
  return direct ? toHigh : toMedium;
};

const highest = (
  slot: number,
  series: SeriesPool,
  to: 'medium' | 'high',
  rules: ClassChangeRules,
  policy: Policy,
): Crossing | null => {
  const place = to === 'high' ? watched.toHigh : watched.toMedium;
  let best = 0;
  let dimension = -1;
  for (let d = 0; d < width; d += 1) {
    const index = slot * width + d;
    const learned = series.crossing(index, place);
    if (Number.isNaN(learned)) continue;
    const arrivalMs = series.riseArrival(index, policy.classes[dimensions[d]!][to]);
    const rise = arrivalMs <= rules.horizonMs ? RecentTrend.lasts(arrivalMs) : 0;
    const probability = Math.max(learned, rise);
    if (probability <= best) continue;
    best = probability;
    dimension = d;
  }
  if (best < rules.rising * listedFrom) return null;
  const boundary = policy.classes[dimensions[dimension]!][to];
  const arrivalMs = series.riseArrival(slot * width + dimension, boundary);
  return { probability: best, dimension, to, boundary, arrivalMs };
};

/** A class falls only when every dimension that holds it up falls. */
const likeliestFall = (
  slot: number,
  current: LoadClass,
  series: SeriesPool,
  policy: Policy,
): Crossing | null => {
  if (current === 'low') return null;
  const place = current === 'high' ? watched.belowHigh : watched.belowMedium;
  let probability = 1;
  let dimension = -1;
  for (let d = 0; d < width; d += 1) {
    const falls = series.crossing(slot * width + d, place);
    if (Number.isNaN(falls)) continue;
    probability *= falls;
    if (dimension < 0 || falls < series.crossing(slot * width + dimension, place)) dimension = d;
  }
  if (dimension < 0) return null;
  const to = loadClasses[classRank[current] - 1]!;
  const boundary = policy.classes[dimensions[dimension]!][current] - policy.classes.hysteresis;
  return { probability, dimension, to, boundary, arrivalMs: NaN };
};

/** When a trend leads there, its arrival; else the middle of the time in which a chance crossing would come. */
const likeliestDelay = (
  index: number,
  crossing: Crossing,
  rising: boolean,
  series: SeriesPool,
  rules: ClassChangeRules,
): number => {
  if (crossing.arrivalMs <= rules.horizonMs) return Math.round(crossing.arrivalMs);
  const arrival = series.trendArrival(index, crossing.boundary, rising);
  if (arrival !== null && arrival <= rules.horizonMs) return Math.round(arrival);
  const hazard = 1 - (1 - Math.min(0.999, crossing.probability)) ** (1 / crossingSteps);
  const half = Math.log(1 - crossing.probability / 2) / Math.log(1 - hazard);
  return Math.round(Math.min(rules.horizonMs, (half * rules.horizonMs) / (crossingSteps * rules.stretch)));
};

export const raiseClassChange = (
  vm: Vm,
  change: ClassChange,
  operatingPoint: number,
  book: FindingBook,
): void => {
  const { dimension, from, to, probability } = change;
  book.raise({
    kind: 'class-change',
    severity: to === 'high' ? 'warning' : 'info',
    subject: vmSubject(vm),
    message: `VM ${vm.name} on ${vm.host} will go from ${from} to ${to} (${dimensionNames[dimension]}) in about ${span(change.when - change.at)}, probability ${percent(probability)}.`,
    evidence: [
      {
        measure: 'probability',
        value: probability,
        threshold: operatingPoint,
        detail: `${from} to ${to}, ${dimension}`,
      },
      { measure: dimension, value: vm.load[dimension] ?? 0, threshold: 0 },
    ],
    rank: probability + classRank[to],
  });
};
