import type { Migration } from '../fleet/migration.ts';
import { agoCell, percentCell, secondsCell, stateCell } from './cells.ts';
import { CollectorClient, collectorOptions, collectorUsage } from './collector-client.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { readOptions, readPositionals } from './options.ts';
import { hasColours, printable } from './style.ts';
import { table } from './table.ts';

export const migrationsCommand: Command = {
  name: 'migrations',
  summary: 'migrations under way and past, forecast beside fact',
  usage: `evenkeel migrations [--active] [--limit N]

  --active           only those under way
  --limit N          the newest N (default 50, at most 1000)
${collectorUsage}`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      ...collectorOptions,
      active: { type: 'boolean' },
      limit: { type: 'string', default: '50' },
    });
    readPositionals(positionals, []);
    const limit = Number(values.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
      throw new UsageError('--limit must be 1 to 1000');
    const { items } = await new CollectorClient(values, io).get<{ items: Migration[] }>('/migrations', {
      limit,
      active: values.active,
    });
    if (values.json) {
      io.stdout.write(JSON.stringify(items, null, 2) + '\n');
      return exitCodes.ok;
    }
    if (items.length === 0) {
      io.stdout.write('No VM is being moved, and none was.\n');
      return exitCodes.ok;
    }
    const colours = hasColours(io.stdout, io.env);
    const columns = [
      { title: 'VM', value: (one: Migration) => printable(one.vm) },
      { title: 'FROM', value: (one: Migration) => printable(one.from) },
      { title: 'TO', value: (one: Migration) => printable(one.to) },
      { title: 'STAGE', value: (one: Migration) => stateCell(one.stage, colours) },
      {
        title: 'ASKED',
        align: 'right',
        value: (one: Migration) => agoCell(one.stages[0]?.at ?? null, io),
      } as const,
      { title: 'DONE', align: 'right', value: (one: Migration) => percentCell(doneShare(one)) } as const,
      {
        title: 'FORECAST',
        align: 'right',
        value: (one: Migration) => secondsCell(one.forecast?.seconds.value),
      } as const,
      { title: 'TOOK', align: 'right', value: (one: Migration) => secondsCell(one.fact?.seconds) } as const,
      {
        title: 'STOOD STILL',
        align: 'right',
        value: (one: Migration) => secondsCell(one.fact?.downtimeSeconds),
      } as const,
      { title: 'WHY', value: (one: Migration) => printable(one.error?.message ?? one.reason ?? '') },
    ];
    io.stdout.write(table(columns, items));
    return exitCodes.ok;
  },
};

function doneShare({ stage, progress }: Migration): number | null {
  if (stage === 'done') return 1;
  if (!progress || progress.bytesTotal === 0) return null;
  return Math.min(1, Math.max(0, 1 - progress.bytesRemaining / progress.bytesTotal));
}
