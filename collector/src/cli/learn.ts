import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readTraceSets } from '../experiment/backtest-traces.ts';
import { learnJudgeParameters } from '../experiment/learn-judge.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { readOptions } from './options.ts';

/** Learns what judging starts from, on traces. */
export const learnCommand: Command = {
  name: 'learn',
  summary: 'learn the parameters of forecasts and class-change prediction from traces',
  usage: `evenkeel learn --traces DIR --out FILE [--json]

Learns where the forecasts' combination starts and how likely a load crosses a class boundary, and writes both
into FILE (JSON). The file that Evenkeel ships is collector/src/judge/judge-parameters.json. The same traces
give the same file.

  --traces DIR   a folder of trace files (one per VM, one line per five minutes: CPU, or CPU and memory, in
                 percent), or a folder of such folders; the more days the better
  --out FILE     where to write the parameters
  --json         print what was written, as JSON
`,
  run: async (args, io) => {
    const { values } = readOptions(args, { traces: { type: 'string' }, out: { type: 'string' } });
    if (values.traces === undefined)
      throw new UsageError('--traces DIR is missing: the folder with the traces');
    if (values.out === undefined)
      throw new UsageError('--out FILE is missing: where to write the parameters');
    const sets = await readTraceSets(resolve(io.cwd, values.traces));
    const parameters = learnJudgeParameters(sets, {
      progress: (step) => io.stderr.write(`learned: ${step}\n`),
    });
    const file = resolve(io.cwd, values.out);
    await writeFile(file, JSON.stringify(parameters) + '\n');
    const said = { file, learnedFrom: parameters.learnedFrom, operatingPoints: parameters.operatingPoints };
    io.stdout.write(values.json === true ? JSON.stringify(said) + '\n' : `wrote ${file}\n`);
    return exitCodes.ok;
  },
};
