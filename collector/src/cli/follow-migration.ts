import { setTimeout } from 'node:timers/promises';
import type { Migration } from '../fleet/migration.ts';
import type { CollectorClient } from './collector-client.ts';
import type { CommandIo } from './command.ts';
import { startProgress } from './progress.ts';
import { printable } from './style.ts';

const lookEveryMs = 300;
const ended = new Set<Migration['stage']>(['done', 'failed', 'aborted']);

/** Shows a migration until it has ended. */
export const followMigration = async (
  client: CollectorClient,
  first: Migration,
  io: CommandIo,
): Promise<Migration> => {
  const progress = startProgress(io);
  let migration = first;
  try {
    while (!ended.has(migration.stage)) {
      const { progress: copied } = migration;
      const total = copied?.bytesTotal ?? 0;
      if (copied === null || total === 0) progress.update(lineOf(migration));
      else progress.update(lineOf(migration), total - copied.bytesRemaining, total);
      await setTimeout(lookEveryMs, undefined, { signal: io.signal });
      migration = await client.get<Migration>(`/migrations/${encodeURIComponent(migration.id)}`);
    }
    return migration;
  } catch (error) {
    if (io.signal.aborted)
      throw new Error(
        `no longer watching; the migration goes on. To end it: evenkeel migrate --abort ${migration.id}`,
        { cause: error },
      );
    throw error;
  } finally {
    progress.end();
  }
};

const lineOf = ({ vm, to, stage, waitingFor, progress }: Migration): string => {
  if (waitingFor !== null) return printable(`${vm} waits for ${waitingFor}`);
  const pace =
    progress?.bytesPerSecond == null ? '' : `, ${(progress.bytesPerSecond / 2 ** 20).toFixed(0)} MiB/s`;
  const round = (progress?.iteration ?? 0) > 1 ? `, round ${progress!.iteration}` : '';
  return printable(`${vm} to ${to}: ${stage}${pace}${round}`);
};

/** How it ended, for people. */
export const endText = ({ vm, from, to, stage, fact, forecast, runsOn, error }: Migration): string => {
  if (stage === 'done') {
    const seconds = (value: number | null | undefined) =>
      value == null ? 'unknown' : value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
    return printable(
      `${vm} runs on ${to}: took ${seconds(fact?.seconds)} (forecast ${seconds(forecast?.seconds.value)}), ` +
        `stood still ${seconds(fact?.downtimeSeconds)} (forecast ${seconds(forecast?.downtimeSeconds.value)})`,
    );
  }
  const where = runsOn === null ? '' : ` It runs on ${runsOn === from ? `${from} as before` : runsOn}.`;
  return printable(
    `${stage}: ${error?.message ?? 'no cause is known'}.${where} ${error?.advice ?? ''}`.trim(),
  );
};
