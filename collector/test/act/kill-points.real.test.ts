import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startLab, type Lab } from '@evenkeel/lab';
import type { Checkpoint } from '../../src/act/checkpoint.ts';
import type { MigrationRequest } from '../../src/fleet/migration-request.ts';
import type { Migration } from '../../src/fleet/migration.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { actInLab, ada, addressesOf } from './act-in-lab.ts';

const mebibyte = 2 ** 20;
let lab: Lab;
let folder: string;
let runs = 0;

before(
  async () => {
    lab = await startLab({ hosts: 2, vmsPerHost: 0 });
    await lab.addVm('h1', { name: 'web', load: { mem: 1, set: 8 } });
    folder = mkdtempSync(join(tmpdir(), 'kill-points-'));
  },
  { timeout: 240_000 },
);
after(async () => {
  await lab.down();
  rmSync(folder, { recursive: true });
});

const activeOn = async (): Promise<string[]> => {
  const lists = await Promise.all(
    lab.hosts.map(async ({ name }) => [name, await lab.virsh(name, 'list', '--name')] as const),
  );
  return lists
    .filter(([, list]) => list.split('\n').some((line) => line.trim() === 'web'))
    .map(([name]) => name);
};

type Point = {
  readonly at: Checkpoint;
  /** The stage that the dead collector left in the journal. */
  readonly left: readonly Migration['stage'][];
  readonly bandwidth?: number;
  readonly abortAt?: Checkpoint;
  readonly postCopy?: true;
  /** How the next run ends it. */
  readonly ends: readonly Migration['stage'][];
};

const slow = 20 * mebibyte;
const points: readonly Point[] = [
  { at: 'requested', left: ['requested'], ends: ['done'] },
  { at: 'checking', left: ['checking'], ends: ['done'] },
  { at: 'checked', left: ['checking'], ends: ['done'] },
  { at: 'reserved', left: ['reserved'], ends: ['done'] },
  { at: 'copying', left: ['copying'], ends: ['done'] },
  { at: 'called', left: ['copying'], ends: ['done'] },
  { at: 'first-bytes', left: ['copying'], bandwidth: slow, ends: ['done'] },
  { at: 'mid-copy', left: ['copying'], bandwidth: slow, ends: ['done'] },
  { at: 'aborting', left: ['copying'], bandwidth: slow, abortAt: 'first-bytes', ends: ['done'] },
  { at: 'post-copy', left: ['copying', 'switching'], bandwidth: slow, postCopy: true, ends: ['done'] },
  { at: 'switching', left: ['switching'], ends: ['done'] },
  { at: 'call-ended', left: ['copying', 'switching'], ends: ['done'] },
  { at: 'verified', left: ['copying', 'switching'], ends: ['done'] },
  { at: 'observed', left: ['copying', 'switching'], ends: ['done'] },
  { at: 'ended', left: ['done'], ends: ['done'] },
];

describe('the collector is killed with SIGKILL', { timeout: 840_000 }, () => {
  for (const point of points)
    it(`at "${point.at}": the next run finds the truth`, async () => {
      const journalFile = join(folder, `${runs++}.sqlite`);
      const [from] = await activeOn();
      const to = from === 'h1' ? 'h2' : 'h1';
      const uuid = (await lab.virsh(from!, 'domuuid', 'web')).trim();
      const request: MigrationRequest = {
        uuid,
        to,
        options: {
          ...(point.bandwidth === undefined ? {} : { bandwidthBytesPerSecond: point.bandwidth }),
          ...(point.postCopy === undefined ? {} : { strategy: 'post-copy' }),
        },
      };
      const addresses = addressesOf(lab);
      const child = spawn(
        process.execPath,
        [
          join(import.meta.dirname, 'controller-victim.ts'),
          journalFile,
          JSON.stringify([...addresses]),
          JSON.stringify(request),
          point.at,
          ...(point.abortAt === undefined ? [] : [point.abortAt]),
        ],
        { stdio: ['ignore', 'inherit', 'inherit'] },
      );
      const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      assert.equal(signal, 'SIGKILL', 'it reached the checkpoint');
      const dead = await openJournal(journalFile);
      const left = (await dead.migrations.list({ limit: 1, offset: 0 })).items[0]!;
      await dead.close();
      assert.ok(point.left.includes(left.stage), `the journal says ${left.stage}`);

      const act = await actInLab(addresses, { journalFile });
      try {
        const ended = await act.ended(left.id);
        const told = JSON.stringify(ended);
        assert.ok(point.ends.includes(ended.stage), told);
        assert.deepEqual(await activeOn(), [ended.runsOn], told);
        assert.equal(ended.runsOn, ended.stage === 'done' ? to : from, told);
        assert.ok(ended.attempt <= 2);
        assert.deepEqual(act.controller.reservations(), []);
        // Asked again with its key, it is the same migration: done once, however often the collector died.
        const again = await act.controller.migrations.request(request, ada, 'the-key');
        assert.equal(again.id, left.id);
        assert.equal((await act.controller.migrations.list({ limit: 9, offset: 0 })).total, 1);
      } finally {
        await act.close();
      }
    });
});
