import { randomUUID } from 'node:crypto';
import type { MigrationRequest } from '../fleet/migration-request.ts';
import type { Migration } from '../fleet/migration.ts';
import type { Preflight } from '../fleet/preflight.ts';
import { CollectorClient, collectorOptions, collectorUsage } from './collector-client.ts';
import { type Command, type CommandIo, exitCodes, UsageError } from './command.ts';
import { endText, followMigration } from './follow-migration.ts';
import { readOptions, readPositionals } from './options.ts';
import { printable } from './style.ts';

const mebibyte = 2 ** 20;

export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'move a VM, live, and watch it',
  usage: `evenkeel migrate VM --to HOST [--dry-run] [--reason TEXT]
evenkeel migrate --abort ID

  VM                 name or uuid
  --to HOST          the target
  --from HOST        refuse when the VM is elsewhere by now
  --dry-run          all checks and the forecast; changes nothing
  --reason TEXT      for the audit log
  --priority 1..5    1 is the most urgent (default 3)
  --bandwidth MIB    at most so many MiB per second
  --downtime MS      the standstill that is asked for
  --deadline S       abort when it is not done by then
  --detach           do not watch
  --abort ID         end a migration; the VM stays where it was
${collectorUsage}`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      ...collectorOptions,
      to: { type: 'string' },
      from: { type: 'string' },
      reason: { type: 'string' },
      priority: { type: 'string' },
      bandwidth: { type: 'string' },
      downtime: { type: 'string' },
      deadline: { type: 'string' },
      abort: { type: 'string' },
      'dry-run': { type: 'boolean' },
      detach: { type: 'boolean' },
    });
    const client = new CollectorClient(values, io);
    const asJson = values.json === true;
    if (values.abort !== undefined) {
      readPositionals(positionals, []);
      const migration = await client.post<Migration>(
        `/migrations/${encodeURIComponent(values.abort)}/abort`,
        {
          ...(values.reason === undefined ? {} : { reason: values.reason }),
        },
      );
      io.stdout.write(
        asJson ? json(migration) : `asked to stop; ${printable(migration.vm)} stays where it was\n`,
      );
      return exitCodes.ok;
    }
    const [vm] = readPositionals(positionals, ['VM']);
    if (values.to === undefined) throw new UsageError('--to HOST is missing');
    const bandwidth = numberOf(values.bandwidth, '--bandwidth');
    const downtime = numberOf(values.downtime, '--downtime');
    const deadline = numberOf(values.deadline, '--deadline');
    const priority = numberOf(values.priority, '--priority');
    const request: MigrationRequest = {
      uuid: vm,
      to: values.to,
      ...(values.from === undefined ? {} : { from: values.from }),
      ...(values.reason === undefined ? {} : { reason: values.reason }),
      ...(priority === null ? {} : { priority }),
      options: {
        ...(bandwidth === null ? {} : { bandwidthBytesPerSecond: bandwidth * mebibyte }),
        ...(downtime === null ? {} : { downtimeMs: downtime }),
        ...(deadline === null ? {} : { deadlineSeconds: deadline }),
      },
    };
    if (values['dry-run'] === true) {
      const preflight = await client.post<Preflight>('/migrations/preflight', request);
      io.stdout.write(asJson ? json(preflight) : preflightText(preflight));
      return preflight.allowed ? exitCodes.ok : exitCodes.failed;
    }
    const asked = await client.post<Migration>('/migrations', request, randomUUID());
    const migration = values.detach === true ? asked : await followMigration(client, asked, io);
    return report(migration, values.detach === true, asJson, io);
  },
};

const report = (migration: Migration, detached: boolean, asJson: boolean, io: CommandIo): number => {
  if (asJson) io.stdout.write(json(migration));
  else if (detached) io.stdout.write(`migration ${migration.id} is ${migration.stage}\n`);
  else if (migration.stage === 'done') io.stdout.write(`${endText(migration)}\n`);
  else io.stderr.write(`evenkeel migrate: ${endText(migration)}\n`);
  return detached || migration.stage === 'done' ? exitCodes.ok : exitCodes.failed;
};

const numberOf = (given: string | undefined, name: string): number | null => {
  if (given === undefined) return null;
  const value = Number(given);
  if (!(value > 0)) throw new UsageError(`${name} must be a number above 0, not "${given}"`);
  return value;
};

const preflightText = ({ vm, from, to, allowed, checks, forecast }: Preflight): string => {
  const lines = checks.map(({ outcome, message, advice }) => {
    const todo = outcome === 'failed' && advice !== null ? `\n           ${advice}` : '';
    return `  ${outcome.padEnd(8)} ${message}${todo}`;
  });
  const cost =
    forecast === null
      ? ''
      : `  forecast ${forecast.seconds.value.toFixed(1)} s (${forecast.seconds.low.toFixed(1)} to ${forecast.seconds.high.toFixed(1)}), ` +
        `standing still ${Math.round(forecast.downtimeSeconds.value * 1000)} ms, ` +
        `${(forecast.bytes.value / mebibyte).toFixed(0)} MiB by ${forecast.strategy}\n`;
  return printable(`${vm} from ${from} to ${to}: ${allowed ? 'may be moved' : 'may not be moved'}`).concat(
    '\n',
    lines.map((line) => line.split('\n').map(printable).join('\n')).join('\n'),
    '\n',
    cost,
  );
};

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
