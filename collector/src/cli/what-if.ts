import { resolve } from 'node:path';
import { judgeStanding } from '../advise/judge-standing.ts';
import { whatIf } from '../advise/what-if.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import { printAdvice } from './advise.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { effectsTable, forecastFor, readPolicy, readSnapshot } from './fleet-file.ts';
import { readOptions, readPositionals } from './options.ts';
import { printable } from './style.ts';

const usage = `evenkeel what-if --fleet FILE [--policy FILE] [--move VM=HOST]... [--without HOST]... [--drain HOST]...
                 [--add NAME=HOST]... [--load FACTOR] [--json]

Answers with the fleet after something that has not happened, and what would be advised then. Nothing is contacted.

  --fleet FILE      a snapshot as JSON (docs/schemas/snapshot.json says what is in it)
  --policy FILE     the policy as YAML or JSON; what is left out has its default
  --move VM=HOST    this VM, by name or uuid, runs on that host
  --without HOST    this host is gone, and its VMs must run elsewhere
  --drain HOST      this host is to be emptied
  --add NAME=HOST   a host joins, empty, that is like one of the fleet
  --load FACTOR     all VMs work as many times as hard, as in 1.3
  --json            the answer as JSON
`;

export const whatIfCommand: Command = {
  name: 'what-if',
  summary: 'the fleet after something that has not happened',
  usage,
  run: (args, io) => {
    const { values, positionals } = readOptions(args, {
      fleet: { type: 'string' },
      policy: { type: 'string' },
      move: { type: 'string', multiple: true },
      without: { type: 'string', multiple: true },
      drain: { type: 'string', multiple: true },
      add: { type: 'string', multiple: true },
      load: { type: 'string', default: '1' },
    });
    readPositionals(positionals, []);
    if (values.fleet === undefined) throw new UsageError('--fleet FILE is missing');
    const loadFactor = Number(values.load);
    if (values.load.trim() === '' || !(loadFactor >= 0 && loadFactor <= 100))
      throw new UsageError(`--load must be a number from 0 to 100, but is "${values.load}"`);
    const snapshot = readSnapshot(resolve(io.cwd, values.fleet));
    const policy = readPolicy(io.cwd, values.policy);
    const { effects, problems, advice } = whatIf(
      snapshot,
      judgeStanding(snapshot, policy),
      {
        moves: (values.move ?? []).map((text) => {
          const [vm, to] = pair('--move', text, 'VM=HOST');
          return { uuid: uuidOf(snapshot, vm), to };
        }),
        add: (values.add ?? []).map((text) => {
          const [name, like] = pair('--add', text, 'NAME=HOST');
          return { name, like };
        }),
        without: values.without ?? [],
        drain: values.drain ?? [],
        loadFactor,
      },
      policy,
      { seed: 1, forecastMove: forecastFor(policy) },
    );
    if (values.json === true) {
      io.stdout.write(`${JSON.stringify({ effects, problems, ...advice }, null, 2)}\n`);
      return Promise.resolve(exitCodes.ok);
    }
    for (const problem of problems) io.stdout.write(`${printable(problem)}\n`);
    if (effects.length > 0) io.stdout.write(effectsTable(effects));
    printAdvice(advice, io);
    return Promise.resolve(exitCodes.ok);
  },
};

const pair = (option: string, text: string, form: string): [string, string] => {
  const at = text.lastIndexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`${option} ${text} must be ${form}`);
  return [text.slice(0, at), text.slice(at + 1)];
};

const uuidOf = (snapshot: Snapshot, vm: string): string => {
  const named = snapshot.vms.filter(({ uuid, name }) => uuid === vm || name === vm);
  if (named.length > 1) throw new Error(`--move ${vm}: ${named.length} VMs have that name, give its uuid`);
  if (named[0] === undefined) throw new Error(`--move ${vm}: the fleet has no such VM`);
  return named[0].uuid;
};
