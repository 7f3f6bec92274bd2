import {
  pairOf,
  uncalibrated,
  type MigrationCalibration,
  type PathCalibration,
  type VmCalibration,
} from '../fleet/migration-calibration.ts';
import type { MigrationObservation } from '../journal/migration-observation.ts';

/** How many of the latest migrations count; older ones were made by other hardware, load and versions. */
export const observationsKept = 400;

/** How many of the latest on one way are looked at; the middle of them counts, so that a disturbed one does not. */
const window = 10;
/** From this share of the link on, it was the link that held the bytes up, not the hosts. */
const linkBound = 0.6;
/** What was believed before counts as much as so many observations. */
const priorWeight = 0.5;
const vmLearning = 0.6;
const pairsNeeded = 2;

/**
 * Learns from past migrations what the forecast cannot know: pure, from the oldest to the newest. What a pair of hosts
 * has shown little of is taken from the whole fleet.
 */
export const calibrate = (observations: readonly MigrationObservation[]): MigrationCalibration => {
  if (observations.length === 0) return uncalibrated;
  const fleet = fitPath(observations, uncalibrated.fleet);
  const byPair = new Map<string, MigrationObservation[]>();
  const vms: Record<string, VmCalibration> = {};
  const shares: number[] = [];
  for (const observation of observations) {
    const pair = pairOf(observation.from, observation.to);
    byPair.set(pair, [...(byPair.get(pair) ?? []), observation]);
    vms[observation.uuid] = learnVm(vms[observation.uuid], observation);
    const share = touchedShareOf(observation);
    if (share !== null) shares.push(share);
  }
  const pairs: Record<string, PathCalibration> = {};
  for (const [pair, own] of byPair) if (own.length >= pairsNeeded) pairs[pair] = fitPath(own, fleet);
  return { fleet, pairs, vms, touchedShare: median(shares) ?? uncalibrated.touchedShare };
};

const fitPath = (all: readonly MigrationObservation[], prior: PathCalibration): PathCalibration => {
  const observations = all.slice(-window);
  const blend = (before: number, measured: readonly number[]): number => {
    const middle = median(measured);
    return middle === null
      ? before
      : (before * priorWeight + middle * measured.length) / (priorWeight + measured.length);
  };
  const plain = observations.filter(({ forecast }) => forecast.strategy !== 'post-copy');
  const paced = plain.flatMap((one) => {
    const pace = paceOf(one);
    return pace === null ? [] : [pace];
  });
  const isByLink = ({ perByte, link }: { readonly perByte: number; readonly link: number }) =>
    1 / perByte >= linkBound * link;
  const byLink = paced.filter(isByLink);
  const byHosts = paced.filter((one) => !isByLink(one));
  const linkFactor = Math.max(
    0.5,
    blend(
      prior.linkFactor,
      byLink.map(({ perByte, link }) => perByte * link),
    ),
  );
  const secondsPerByte = blend(
    prior.secondsPerByte,
    byHosts.map(({ perByte }) => perByte),
  );
  const setupSeconds = blend(
    prior.setupSeconds,
    plain.flatMap(({ fact, measured: { transferSeconds } }) =>
      transferSeconds === null ? [] : [Math.max(0, fact.seconds - transferSeconds)],
    ),
  );
  const downtimes = plain.flatMap((one) => {
    const { downtimeSeconds } = one.fact;
    if (downtimeSeconds === null || downtimeSeconds <= 0) return [];
    const pace = paceOf(one);
    return [
      {
        measured: downtimeSeconds,
        rest: one.inputs.restSeconds,
        queued: pace !== null && isByLink(pace),
      },
    ];
  });
  const beyondRest = (queued: boolean) =>
    downtimes.filter((one) => one.queued === queued).map(({ measured, rest }) => measured - rest);
  const downtimeBaseSeconds = Math.max(0.005, blend(prior.downtimeBaseSeconds, beyondRest(false)));
  const queueSeconds = Math.max(
    0,
    blend(
      prior.queueSeconds,
      beyondRest(true).map((beyond) => beyond - downtimeBaseSeconds),
    ),
  );
  return {
    setupSeconds,
    linkFactor,
    secondsPerByte,
    downtimeBaseSeconds,
    queueSeconds,
    spread: deviationOf(
      // How wrong the forecasts themselves were: what is unknown of bytes and dirtying counts as well.
      plain.map(({ fact, forecast }) => Math.log(fact.seconds / forecast.seconds.value)),
      prior.spread,
      0.05,
    ),
    downtimeSpread: deviationOf(
      downtimes.map(({ measured, rest, queued }) =>
        Math.log(measured / (downtimeBaseSeconds + (queued ? queueSeconds : 0) + rest)),
      ),
      prior.downtimeSpread,
      0.1,
    ),
    observations: all.length,
  };
};

const paceOf = ({ fact, inputs, measured: { transferSeconds } }: MigrationObservation) =>
  transferSeconds === null || fact.bytes === null || fact.bytes === 0 || transferSeconds === 0
    ? null
    : { perByte: transferSeconds / fact.bytes, link: inputs.link };

const learnVm = (known: VmCalibration | undefined, observation: MigrationObservation): VmCalibration => {
  const share = touchedShareOf(observation);
  const { dirtyBytesPerSecond } = observation.measured;
  const sampled = observation.inputs.sampledDirtyBytesPerSecond;
  const factor =
    dirtyBytesPerSecond === null || dirtyBytesPerSecond === 0 || sampled === null || sampled === 0
      ? null
      : Math.min(4, Math.max(0.25, dirtyBytesPerSecond / sampled));
  const learn = (before: number | null | undefined, now: number | null): number | null =>
    now === null ? (before ?? null) : before == null ? now : before + vmLearning * (now - before);
  return {
    touchedShare: learn(known?.touchedShare, share),
    dirtyFactor: learn(known?.dirtyFactor, factor) ?? 1,
    dirtyBytesPerSecond: learn(
      known?.dirtyBytesPerSecond,
      dirtyBytesPerSecond === 0 ? null : dirtyBytesPerSecond,
    ),
    observations: (known?.observations ?? 0) + 1,
  };
};

const touchedShareOf = ({ measured, inputs }: MigrationObservation): number | null =>
  measured.touchedBytes === null || inputs.looksUsedBytes <= 0
    ? null
    : measured.touchedBytes / inputs.looksUsedBytes;

const median = (values: readonly number[]): number | null => {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

const deviationOf = (errors: readonly number[], prior: number, least: number): number => {
  const squares = errors.reduce((sum, error) => sum + error ** 2, 0);
  return Math.max(least, Math.sqrt((prior ** 2 * 2 + squares) / (2 + errors.length)));
};
