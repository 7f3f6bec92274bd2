import { resolve } from 'node:path';
import { advise } from '../advise/advise.ts';
import { type Advice, type AdviseOptions, noHistory } from '../advise/advice.ts';
import { judgeStanding } from '../advise/judge-standing.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import { type Command, type CommandIo, exitCodes, type TextSink, UsageError } from './command.ts';
import { effectsTable, forecastFor, readPolicy, readSnapshot } from './fleet-file.ts';
import { readOptions, readPositionals } from './options.ts';
import { hasColours, paint, printable } from './style.ts';
import { table } from './table.ts';

const usage = `evenkeel advise --fleet FILE [--policy FILE] [--drain HOST]... [--exact] [--seed N] [--json]

Plans for a fleet snapshot file, as if the fleet had stood like that for a while. Nothing is contacted, nothing moves.

  --fleet FILE    a snapshot as JSON (docs/schemas/snapshot.json says what is in it)
  --policy FILE   the policy as YAML or JSON; what is left out has its default (docs/schemas/policy.json)
  --drain HOST    a host to be emptied; may be given several times
  --exact         small fleets: balance and consolidate by an exact solver
  --seed N        the seed of the search (1); the same input gives the same plan
  --json          the advice as JSON
`;

export const adviseCommand: Command = {
  name: 'advise',
  summary: 'plan for a fleet snapshot file',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      fleet: { type: 'string' },
      policy: { type: 'string' },
      drain: { type: 'string', multiple: true },
      exact: { type: 'boolean' },
      seed: { type: 'string' },
    });
    readPositionals(positionals, []);
    if (values.fleet === undefined) throw new UsageError('--fleet FILE is missing');
    const seed = Number(values.seed ?? '1');
    if (!Number.isInteger(seed))
      throw new UsageError(`--seed must be a whole number, but is "${values.seed ?? ''}"`);
    const snapshot = readSnapshot(resolve(io.cwd, values.fleet));
    const policy = readPolicy(io.cwd, values.policy);
    for (const name of values.drain ?? [])
      if (!snapshot.hosts.some((host) => host.name === name))
        throw new Error(`--drain ${name}: the fleet has no such host`);
    const options: AdviseOptions = {
      seed,
      drain: values.drain ?? [],
      forecastMove: forecastFor(policy),
      ...(values.exact === true ? { exact: await exactSolver() } : {}),
    };
    const advice = advise(snapshot, judgeStanding(snapshot, policy), noHistory, policy, options);
    if (values.json === true) io.stdout.write(`${JSON.stringify(advice, null, 2)}\n`);
    else printAdvice(advice, io);
    return exitCodes.ok;
  },
};

/** Loaded only when asked for: it is a megabyte of WebAssembly. */
const exactSolver = async () => (await import('../advise/exact-plan.ts')).loadExactSolver();

export const printAdvice = (advice: Advice, io: CommandIo): void => {
  const colours = hasColours(io.stdout, io.env);
  if (advice.recommendations.length === 0) io.stdout.write('Nothing to recommend.\n');
  advice.recommendations.forEach((made, i) => {
    io.stdout.write(
      `${i === 0 ? '' : '\n'}${paint(`${made.kind}, priority ${made.priority}`, 'bold', colours)}  ${made.id}\n`,
    );
    printOne(made, io.stdout);
  });
  if (advice.refused.length === 0) return;
  io.stdout.write(`\n${paint('Not possible', 'bold', colours)}\n`);
  for (const one of advice.refused) io.stdout.write(`  ${one.kind}: ${printable(one.reason)}\n`);
};

const printOne = (made: Recommendation, out: TextSink): void => {
  const indent = (text: string) => text.replace(/^(?=.)/gm, '  ');
  out.write(`  ${printable(made.reason)}\n`);
  const on = made.power.filter((action) => action.action === 'switch-on').map((action) => action.host);
  if (on.length > 0) out.write(`  First switch on: ${printable(on.join(', '))}\n`);
  if (made.moves.length > 0)
    out.write(
      indent(
        table(
          [
            { title: 'wave', value: (move) => String(move.wave), align: 'right' },
            { title: 'vm', value: (move) => printable(move.vm) },
            { title: 'from', value: (move) => printable(move.from) },
            {
              title: 'to',
              value: (move) => printable(move.to) + (move.temporary === true ? ' (for a while)' : ''),
            },
            { title: 'seconds', value: (move) => move.forecast.seconds.value.toFixed(1), align: 'right' },
            {
              title: 'MiB',
              value: (move) => (move.forecast.bytes.value / 2 ** 20).toFixed(0),
              align: 'right',
            },
            { title: 'strategy', value: (move) => move.forecast.strategy },
          ],
          made.moves,
        ),
      ),
    );
  const off = made.power.filter((action) => action.action === 'switch-off').map((action) => action.host);
  if (off.length > 0) out.write(`  Then switch off: ${printable(off.join(', '))}\n`);
  out.write(indent(effectsTable(made.effects)));
  out.write(`  If nobody acts: ${printable(made.ifIgnored)}\n`);
  for (const other of made.alternatives)
    out.write(`  Not chosen: ${printable(`${other.description} ${other.lost}`)}\n`);
};
