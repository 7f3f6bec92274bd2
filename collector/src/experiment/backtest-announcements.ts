import { crossingSteps, isBeyond } from '../judge/boundary-memory.ts';
import type { Boundary } from '../judge/series-pool.ts';
import { median } from './backtest-metrics.ts';
import type { ScoredCrossings } from './backtest-crossings.ts';
import { warmUpSamples } from './learn-crossings.ts';

const minutesPerSample = 5;
const samplesPerDay = 288;

export type Foretold = {
  readonly crossings: number;
  /** The share of them that was announced in the half hour before. */
  readonly foretold: number;
  /** From the first announcement in the time inside (at most the half hour before) to the crossing, in minutes. */
  readonly medianLeadMinutes: number;
};

export type Announcements = {
  readonly probability: number;
  /** Of the moments with an announcement, the share that was right; of the moments before crossings, the share found. */
  readonly precision: number;
  readonly recall: number;
  readonly all: Foretold;
  /** Crossings after half an hour or more inside: no mere return of a load that swings around the boundary. */
  readonly fresh: Foretold;
  /** Unbroken runs of announcements that no crossing followed, per VM and day. */
  readonly falseAlarmsPerVmDay: number;
};

/** What an admin would have seen: announcements at this probability, how early, how many in vain. */
export const scoreAnnouncements = (
  all: readonly Float32Array[],
  boundary: Boundary,
  scored: ScoredCrossings,
  probability: number,
): Announcements => {
  let announced = 0;
  let right = 0;
  let positives = 0;
  let alarmRuns = 0;
  const told = all.map((series) => new Uint8Array(series.length));
  for (let i = 0; i < scored.score.length; i += 1) {
    positives += scored.outcome[i]!;
    if (scored.score[i]! < probability) continue;
    announced += 1;
    right += scored.outcome[i]!;
    told[scored.series[i]!]![scored.time[i]!] = scored.outcome[i] === 1 ? 2 : 1;
  }
  const leads: { run: number; lead: number }[] = [];
  let days = 0;
  all.forEach((series, s) => {
    days += Math.max(0, series.length - warmUpSamples - crossingSteps) / samplesPerDay;
    alarmRuns += runsInVain(told[s]!);
    const inside = (t: number) => t >= 0 && !isBeyond(series[t]!, boundary.value, boundary.rising);
    for (let t = warmUpSamples + crossingSteps; t + crossingSteps < series.length; t += 1) {
      if (inside(t) || !inside(t - 1)) continue;
      let run = 0;
      let lead = 0;
      while (run < crossingSteps && inside(t - run - 1)) {
        run += 1;
        if (told[s]![t - run]! > 0) lead = run;
      }
      leads.push({ run, lead });
    }
  });
  return {
    probability,
    precision: announced === 0 ? NaN : right / announced,
    recall: positives === 0 ? NaN : right / positives,
    all: foretold(leads),
    fresh: foretold(leads.filter(({ run }) => run === crossingSteps)),
    falseAlarmsPerVmDay: alarmRuns / days,
  };
};

const foretold = (leads: readonly { lead: number }[]): Foretold => {
  const found = leads.filter(({ lead }) => lead > 0);
  return {
    crossings: leads.length,
    foretold: leads.length === 0 ? NaN : found.length / leads.length,
    medianLeadMinutes: minutesPerSample * median(found.map(({ lead }) => lead)),
  };
};

/** 0: nothing told, 1: told in vain, 2: told and it came. */
const runsInVain = (told: Uint8Array): number => {
  let runs = 0;
  let best = 0;
  for (let t = 0; t <= told.length; t += 1) {
    const now = told[t] ?? 0;
    if (now === 0 && best === 1) runs += 1;
    best = now === 0 ? 0 : Math.max(best, now);
  }
  return runs;
};
