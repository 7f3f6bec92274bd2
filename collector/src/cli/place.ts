import { resolve } from 'node:path';
import { judgeStanding } from '../advise/judge-standing.ts';
import { type PlaceAdvice, placeVm } from '../advise/place-vm.ts';
import { type Command, type CommandIo, exitCodes, UsageError } from './command.ts';
import { effectsTable, forecastFor, readPolicy, readSnapshot } from './fleet-file.ts';
import { readOptions, readPositionals } from './options.ts';
import { hasColours, paint, printable } from './style.ts';

const usage = `evenkeel place --fleet FILE --vcpus N --memory GIB [--name NAME] [--cpu SHARE] [--cpu-model MODEL]
               [--cpu-feature FEATURE]... [--group GROUP] [--network NAME]... [--apart GROUP]... [--policy FILE] [--json]

Says where a VM that does not run yet should be started, why, and why not elsewhere. Nothing is contacted.

  --fleet FILE           a snapshot as JSON (docs/schemas/snapshot.json says what is in it)
  --vcpus N              how many vCPUs it gets
  --memory GIB           all the memory that it may grow to
  --name NAME            what it is called in the answer (new)
  --cpu SHARE            how much of its vCPUs it will use, 0 to 1 (0.5)
  --cpu-model MODEL      the named CPU model that it is given
  --cpu-feature FEATURE  a CPU feature that it requires
  --group GROUP          the host group that it is bound to
  --network NAME         a bridge or network that it needs
  --apart GROUP          an anti-affinity group that it is in
  --policy FILE          the policy as YAML or JSON; what is left out has its default
  --json                 the answer as JSON
`;

export const placeCommand: Command = {
  name: 'place',
  summary: 'where to start a new VM',
  usage,
  run: (args, io) => {
    const { values, positionals } = readOptions(args, {
      fleet: { type: 'string' },
      vcpus: { type: 'string' },
      memory: { type: 'string' },
      name: { type: 'string', default: 'new' },
      cpu: { type: 'string', default: '0.5' },
      'cpu-model': { type: 'string' },
      'cpu-feature': { type: 'string', multiple: true },
      group: { type: 'string' },
      network: { type: 'string', multiple: true },
      apart: { type: 'string', multiple: true },
      policy: { type: 'string' },
    });
    readPositionals(positionals, []);
    if (values.fleet === undefined) throw new UsageError('--fleet FILE is missing');
    const vcpus = numberOf('--vcpus', values.vcpus, 4096);
    if (!Number.isInteger(vcpus)) throw new UsageError(`--vcpus must be a whole number, but is ${vcpus}`);
    const gib = numberOf('--memory', values.memory, 2 ** 20);
    const expectedCpu = numberOf('--cpu', values.cpu, 1);
    const snapshot = readSnapshot(resolve(io.cwd, values.fleet));
    const policy = readPolicy(io.cwd, values.policy);
    const made = placeVm(
      snapshot,
      judgeStanding(snapshot, policy),
      policy,
      {
        name: values.name,
        vcpus,
        memoryBytes: gib * 2 ** 30,
        expectedCpu,
        rules: {
          cpuModel: values['cpu-model'] ?? null,
          cpuFeatures: values['cpu-feature'] ?? [],
          hostGroup: values.group ?? null,
          networks: values.network ?? [],
          antiAffinity: values.apart ?? [],
        },
      },
      { seed: 1, forecastMove: forecastFor(policy) },
    );
    if (values.json === true) io.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
    else print(made, io);
    return Promise.resolve(exitCodes.ok);
  },
};

const numberOf = (option: string, text: string | undefined, most: number): number => {
  if (text === undefined) throw new UsageError(`${option} is missing`);
  const value = Number(text);
  if (!(value > 0 && value <= most))
    throw new UsageError(`${option} must be a number above 0 and up to ${most}, but is "${text}"`);
  return value;
};

const print = (made: PlaceAdvice, io: CommandIo): void => {
  const { stdout } = io;
  stdout.write(`${paint(printable(made.host ?? 'nowhere'), 'bold', hasColours(stdout, io.env))}\n`);
  stdout.write(`  ${printable(made.reason)}\n`);
  if (made.effects.length > 0) stdout.write(effectsTable(made.effects).replace(/^(?=.)/gm, '  '));
  for (const { lost } of made.alternatives) stdout.write(`  Not chosen: ${printable(lost)}\n`);
  for (const { reason } of made.refused) stdout.write(`  Not possible: ${printable(reason)}\n`);
};
