import { resolve } from 'node:path';
import { backtest, type BacktestReport, type CrossingReport } from '../experiment/backtest.ts';
import { backtestBars, type Bar } from '../experiment/backtest-bars.ts';
import type { HorizonScores } from '../experiment/backtest-forecasts.ts';
import { readTraceSets, type TraceSet } from '../experiment/backtest-traces.ts';
import { learnJudgeParameters } from '../experiment/learn-judge.ts';
import { defaultPolicy } from '../fleet/default-policy.ts';
import { shippedParameters } from '../judge/shipped-parameters.ts';
import { type Command, type CommandIo, exitCodes, UsageError } from './command.ts';
import { readOptions } from './options.ts';
import { table } from './table.ts';

/** Measures forecasts and class-change prediction on traces of the past. */
export const backtestCommand: Command = {
  name: 'backtest',
  summary: 'measure forecasts and class-change prediction on traces',
  usage: `evenkeel backtest --traces DIR [--learn-from DIR] [--boundaries 30,70] [--precision 0.6] [--json]

Walks the traces in time order, without a look ahead, and reports for each forecast model and for their
combination pinball loss, MASE and interval coverage, and for class changes average precision, recall, lead time,
false alarms and calibration, beside the baselines. The same traces give the same numbers.

  --traces DIR      a folder of trace files (one per VM, one line per five minutes: CPU, or CPU and memory, in
                    percent), or a folder of such folders
  --learn-from DIR  learn the parameters on the folders in DIR first, always without the folder that is being
                    measured. Without it the shipped parameters are used: on traces that they were learned from
                    the figures are too good
  --boundaries L    class boundaries in percent (default ${defaultPolicy.classes.cpu.medium * 100},${defaultPolicy.classes.cpu.high * 100})
  --precision P     announce class changes at this precision or better (default ${defaultPolicy.classChangePrecision})
  --json            print the report as JSON
`,
  run: async (args, io) => {
    const { values } = readOptions(args, {
      traces: { type: 'string' },
      'learn-from': { type: 'string' },
      boundaries: { type: 'string' },
      precision: { type: 'string' },
    });
    if (values.traces === undefined)
      throw new UsageError('--traces DIR is missing: the folder with the traces');
    const options = {
      boundaries: readBoundaries(values.boundaries),
      hysteresis: defaultPolicy.classes.hysteresis,
      precision: readPrecision(values.precision),
    };
    const sets = await readTraceSets(resolve(io.cwd, values.traces));
    const learnFrom =
      values['learn-from'] === undefined ? null : await readTraceSets(resolve(io.cwd, values['learn-from']));
    const reports: (BacktestReport & { bars: Bar[] })[] = [];
    for (const set of sets) {
      const parameters = learnFrom === null ? shippedParameters : learnWithout(set, learnFrom, io);
      const report = backtest(set, parameters, options);
      reports.push({ ...report, bars: backtestBars(report) });
      if (values.json !== true) io.stdout.write(describe(reports.at(-1)!));
    }
    if (values.json === true) io.stdout.write(JSON.stringify({ reports }) + '\n');
    return exitCodes.ok;
  },
};

const learnWithout = (measured: TraceSet, sets: readonly TraceSet[], io: CommandIo) => {
  const others = sets.filter((set) => set.name !== measured.name);
  if (others.length === 0) {
    throw new UsageError(
      `--learn-from holds nothing but ${measured.name}, which is being measured; give other traces`,
    );
  }
  return learnJudgeParameters(others, {
    progress: (step) => io.stderr.write(`${measured.name}: learned ${step}\n`),
  });
};

const readBoundaries = (text: string | undefined): number[] => {
  const { medium, high } = defaultPolicy.classes.cpu;
  if (text === undefined) return [medium, high];
  return text.split(',').map((part) => {
    const value = Number(part);
    if (!(value > 0 && value < 100)) {
      throw new UsageError(`--boundaries ${text}: "${part}" is no percentage between 0 and 100, as in 30,70`);
    }
    return value / 100;
  });
};

const readPrecision = (text: string | undefined): number => {
  if (text === undefined) return defaultPolicy.classChangePrecision;
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new UsageError(`--precision ${text}: a share between 0 and 1 was expected, as in 0.6`);
};

const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
const fixed = (digits: number) => (value: number) => value.toFixed(digits);

const describe = (report: BacktestReport & { bars: Bar[] }): string => {
  const parts = [`\n${report.traces}: ${report.vms} VMs; parameters learned from ${report.learnedFrom}\n`];
  for (const { dimension, forecasts, classChanges } of report.dimensions) {
    parts.push(
      `\nForecasts of ${dimension} (pinball loss and width in percent points)\n`,
      forecastTable(forecasts),
    );
    parts.push(`\nClass changes of ${dimension} within 30 min\n`, crossingTable(classChanges));
    parts.push('\nReliability (told: happened, moments)\n', reliabilityLines(classChanges));
  }
  const missed = report.bars.filter(({ met }) => !met);
  parts.push(`\nBars: ${report.bars.length - missed.length} of ${report.bars.length} met\n`);
  for (const { name, value, bar } of missed)
    parts.push(`  not met: ${name}: ${value.toFixed(3)}, bar ${bar.toFixed(3)}\n`);
  return parts.join('');
};

const forecastTable = (horizons: readonly HorizonScores[]): string => {
  const rows = horizons.flatMap(({ minutes, scores }) => scores.map((score) => ({ minutes, ...score })));
  return table(
    [
      { title: 'horizon', value: (row) => `${row.minutes} min`, align: 'right' },
      { title: 'model', value: (row) => row.model },
      { title: 'pinball', value: (row) => fixed(3)(row.pinball), align: 'right' },
      { title: 'MASE', value: (row) => fixed(3)(row.mase), align: 'right' },
      { title: 'covers', value: (row) => share(row.coverage), align: 'right' },
      { title: 'width', value: (row) => fixed(1)(row.width), align: 'right' },
    ],
    rows,
  );
};

const crossingTable = (rows: readonly CrossingReport[]): string =>
  table(
    [
      { title: 'boundary', value: (row) => nameOf(row) },
      { title: 'base rate', value: (row) => share(row.baseRate), align: 'right' },
      { title: 'AP', value: (row) => fixed(3)(row.averagePrecision.evenkeel), align: 'right' },
      { title: 'frequency', value: (row) => fixed(3)(row.averagePrecision.frequency), align: 'right' },
      { title: 'early', value: (row) => fixed(3)(row.averagePrecision.earlyThreshold), align: 'right' },
      { title: 'LR', value: (row) => fixed(3)(row.averagePrecision.localRegression), align: 'right' },
      {
        title: 'best recall',
        value: (row) => `${share(row.recallAtPrecision.recall)} at ${share(row.recallAtPrecision.precision)}`,
        align: 'right',
      },
      { title: 'precision', value: (row) => share(row.operatingPoint.precision), align: 'right' },
      { title: 'recall', value: (row) => share(row.operatingPoint.recall), align: 'right' },
      { title: 'lead', value: (row) => `${row.operatingPoint.all.medianLeadMinutes} min`, align: 'right' },
      {
        title: 'fresh lead',
        value: (row) => `${row.operatingPoint.fresh.medianLeadMinutes} min`,
        align: 'right',
      },
      { title: 'fresh told', value: (row) => share(row.operatingPoint.fresh.foretold), align: 'right' },
      {
        title: 'false/VM-day',
        value: (row) => fixed(2)(row.operatingPoint.falseAlarmsPerVmDay),
        align: 'right',
      },
      { title: 'ECE', value: (row) => fixed(4)(row.expectedCalibrationError), align: 'right' },
    ],
    rows,
  );

const reliabilityLines = (rows: readonly CrossingReport[]): string =>
  rows
    .map((row) => {
      const cells = row.reliability
        .filter(({ moments }) => moments > 0)
        .map(({ told, happened, moments }) => `${told.toFixed(2)}: ${happened.toFixed(2)} (${moments})`);
      return `  ${nameOf(row)}  ${cells.join('  ')}\n`;
    })
    .join('');

const nameOf = ({ boundary }: CrossingReport): string =>
  `${boundary.rising ? 'rising to' : 'falling under'} ${Math.round(boundary.value * 100)} %`;
