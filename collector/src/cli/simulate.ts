import { resolve } from 'node:path';
import {
  planetlabExperiment,
  policyNames,
  tracks,
  type PlanetlabReport,
} from '../experiment/planetlab-experiment.ts';
import { readTraces, samplesPerDay } from '../experiment/planetlab-traces.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { readOptions, readPositionals } from './options.ts';
import { table } from './table.ts';

/** Plays the published PlanetLab experiment. */
export const simulateCommand: Command = {
  name: 'simulate',
  summary: 'play the CloudSim/PlanetLab experiment on a day of traces',
  usage: `evenkeel simulate --traces DIR [--track honest] [--policy evenkeel] [--json]

Plays one day: a folder with one file per VM, each ${samplesPerDay} lines of one integer, the CPU load in percent, five
minutes apart. Files are taken in the order of their names, which decides each VM's size. docs/benchmark-planetlab.md
explains the rules and every figure. The same traces give the same numbers on every run.

  --traces DIR    the folder of the day
  --track T       cloudsim: the rules of CloudSim 3.0.3, its traps included, to compare with papers
                  honest (default): idle VMs are kept, RAM is enforced, booting hosts and migrations are charged
  --policy P      ${policyNames.join(', ')}; evenkeel (default) is the collector's
                  own judge and advise, as they run live
  --json          print the report as JSON, figures unrounded
`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      traces: { type: 'string' },
      track: { type: 'string', default: 'honest' },
      policy: { type: 'string', default: 'evenkeel' },
    });
    readPositionals(positionals, []);
    if (values.traces === undefined) {
      throw new UsageError('--traces DIR is missing: the folder with the traces of one day');
    }
    const track = oneOf('--track', values.track, tracks);
    const policy = oneOf('--policy', values.policy, policyNames);
    const traces = await readTraces(resolve(io.cwd, values.traces));
    const report = planetlabExperiment(traces, track, policy);
    io.stdout.write(values.json === true ? JSON.stringify(report) + '\n' : describe(report));
    return exitCodes.ok;
  },
};

const oneOf = <const T extends readonly string[]>(option: string, given: string, known: T): T[number] => {
  const found = known.find((name) => name === given);
  if (found === undefined)
    throw new UsageError(`${option} ${given} is not known, use one of ${known.join(', ')}`);
  return found;
};

const percent = (share: number, digits = 3): string => `${(100 * share).toFixed(digits)} %`;

const describe = (report: PlanetlabReport): string => {
  const { floors, honest } = report;
  const rows: [string, string, string][] = [
    [
      'energy',
      `${report.energyKwh.toFixed(2)} kWh`,
      `floor ${floors.energyAllDemandKwh.toFixed(2)} for all demand, ${floors.energyKeptDemandKwh.toFixed(2)} without the VMs that CloudSim deletes`,
    ],
    [
      'active host hours',
      report.activeHostHours.toFixed(1),
      `RAM and CPU ${report.track === 'cloudsim' ? 'would need' : 'need'} at least ${floors.hostHours.toFixed(1)} (${floors.ramHosts} hosts for RAM)`,
    ],
    ['migrations', String(report.migrations), `${report.migrationsPerVm.toFixed(2)} per VM and day`],
    ['SLATAH', percent(report.slatah), 'share of active host time with too little CPU'],
    ['PDM', percent(report.pdm, 5), 'share of demand lost to migrations'],
    ['SLAV', report.slav.toExponential(3), 'SLATAH x PDM'],
    ['ESV', report.esv.toExponential(3), 'kWh x SLAV'],
    ['overall SLA violation', percent(report.overallSlaViolation), 'share of demand not served'],
    [
      'host shutdowns',
      String(report.hostShutdowns),
      report.track === 'cloudsim' ? 'hosts that never ran count as shut down at the start' : '',
    ],
  ];
  if (honest !== null) {
    rows.push(
      ['host boots', String(honest.hostBoots), ''],
      ['most moves of one VM', String(honest.mostMigrationsOfOneVm), ''],
      ['dropped moves', String(honest.droppedMoves), 'ordered, but not started within their interval'],
    );
  }
  return (
    `${report.policy} on the ${report.track} track: ${report.vms} VMs, ${report.hosts} hosts, one day\n\n` +
    table(
      [
        { title: 'figure', value: ([name]) => name },
        { title: 'value', value: ([, value]) => value, align: 'right' },
        { title: '', value: ([, , remark]) => remark },
      ],
      rows,
    )
  );
};
