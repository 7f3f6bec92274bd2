import { parseArgs } from 'node:util';
import {
  planetlabExperiment,
  type PlanetlabReport,
  type PolicyName,
  type Track,
} from '../../collector/src/experiment/planetlab-experiment.ts';
import { cloudsimRuns } from './cloudsim-runs.ts';
import { readDays, resampledDays, type Day } from './planetlab-days.ts';

type Bar = { readonly name: string; readonly value: number; readonly bar: number; readonly met: boolean };

const references = ['lr-mmt-1.2', 'thr-mmt-0.8'] as const;

const atMost = (name: string, value: number, bar: number): Bar => ({ name, value, bar, met: value <= bar });

/** How near the CloudSim track comes to CloudSim itself, on days that CloudSim was run on. */
const reproduction = (day: string, report: PlanetlabReport): Bar[] => {
  const run = cloudsimRuns.find((known) => known.day === day && known.policy === report.policy);
  if (run === undefined) return [];
  const off = (value: number, expected: number): number => Math.abs(value - expected) / expected;
  return [
    atMost(`${report.policy}: energy, share off CloudSim 3.0.3`, off(report.energyKwh, run.energyKwh), 0.02),
    atMost(
      `${report.policy}: migrations, share off CloudSim 3.0.3`,
      off(report.migrations, run.migrations),
      0.05,
    ),
    atMost(
      `${report.policy}: SLATAH, points off CloudSim 3.0.3`,
      100 * Math.abs(report.slatah - run.slatah),
      0.3,
    ),
  ];
};

const cloudsimBars = (evenkeel: PlanetlabReport, lr: PlanetlabReport): Bar[] => [
  atMost('evenkeel: ESV against half of lr-mmt-1.2', evenkeel.esv, lr.esv / 2),
  atMost('evenkeel: energy against lr-mmt-1.2, kWh', evenkeel.energyKwh, lr.energyKwh),
];

const honestBars = (evenkeel: PlanetlabReport, others: readonly PlanetlabReport[]): Bar[] => [
  atMost(
    'evenkeel: active host hours over what RAM and CPU need',
    evenkeel.activeHostHours / evenkeel.floors.hostHours,
    1.03,
  ),
  atMost('evenkeel: SLATAH', evenkeel.slatah, 0.005),
  atMost('evenkeel: migrations per VM and day', evenkeel.migrationsPerVm, 2),
  ...others.flatMap((other) => [
    atMost(`evenkeel: energy against ${other.policy}, kWh`, evenkeel.energyKwh, other.energyKwh),
    atMost(`evenkeel: ESV against ${other.policy}`, evenkeel.esv, other.esv),
    {
      name: `evenkeel: strictly better than ${other.policy} in energy or ESV`,
      value: Number(evenkeel.energyKwh < other.energyKwh || evenkeel.esv < other.esv),
      bar: 1,
      met: evenkeel.energyKwh < other.energyKwh || evenkeel.esv < other.esv,
    },
  ]),
];

const runDay = ({ name, traces }: Day, tracks: readonly Track[]) => {
  const reports: PlanetlabReport[] = [];
  const bars: (Bar & { readonly track: Track })[] = [];
  const play = (track: Track, policy: PolicyName): PlanetlabReport => {
    const report = planetlabExperiment(traces, track, policy);
    reports.push(report);
    return report;
  };
  for (const track of tracks) {
    const [lr, thr] = references.map((policy) => play(track, policy));
    const evenkeel = play(track, 'evenkeel');
    const found =
      track === 'honest'
        ? honestBars(evenkeel, [lr!, thr!])
        : [...reproduction(name, lr!), ...reproduction(name, thr!), ...cloudsimBars(evenkeel, lr!)];
    bars.push(...found.map((bar) => ({ track, ...bar })));
  }
  return { day: name, reports, bars };
};

/** The PlanetLab experiment on every day given, both tracks, all bars. */
export const planetlabBench = {
  description:
    'planetlab: energy, host hours and SLA figures on trace days; --traces DIR (a day or a folder of days) [--track T] [--resampled N]',
  run: async (args: readonly string[]): Promise<unknown> => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        traces: { type: 'string' },
        track: { type: 'string' },
        resampled: { type: 'string', default: '0' },
      },
    });
    if (values.traces === undefined) {
      throw new Error('planetlab needs traces, as in: npm run bench -- planetlab --traces DIR');
    }
    const tracks = (['cloudsim', 'honest'] as const).filter(
      (track) => values.track === undefined || track === values.track,
    );
    if (tracks.length === 0)
      throw new Error(`--track ${values.track ?? ''} is not known: cloudsim or honest`);
    const count = Number(values.resampled);
    if (!Number.isInteger(count) || count < 0) {
      throw new Error(`--resampled ${values.resampled} is no number of days`);
    }
    const given = await readDays(values.traces);
    const days = [...given, ...resampledDays(given, count)].map((day) => runDay(day, tracks));
    const bars = days.flatMap(({ day, bars: found }) =>
      found.map(({ track, ...bar }) => ({ ...bar, name: `${day}, ${track}: ${bar.name}` })),
    );
    return {
      met: bars.every((bar) => bar.met),
      days: days.map(({ day, reports }) => ({ day, reports })),
      bars,
    };
  },
};
