import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { PolicyKeeper } from '../../src/service/policy-keeper.ts';

const actor = { name: 'ann', role: 'admin', via: 'token', address: '127.0.0.1' } as const;

test('the latest word counts, from whichever side, and survives a restart', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-policy-'));
  const journal = await openJournal(path.join(directory, 'journal.sqlite'));
  t.after(async () => {
    await journal.close();
    rmSync(directory, { recursive: true });
  });
  const told: number[] = [];
  const keeper = () =>
    new PolicyKeeper(
      journal.policies,
      defaultPolicy,
      () => 1,
      (policy) => told.push(policy.loadMin),
    );
  const one = keeper();
  await one.load();
  assert.equal(one.get().loadMin, 0.3, 'nothing was set yet: the file counts');
  await one.replace({ ...defaultPolicy, loadMin: 0.2 }, actor);
  await one.fromFile({ ...defaultPolicy, loadMin: 0.25 });
  assert.deepEqual(told, [0.2, 0.25]);
  const afterRestart = keeper();
  await afterRestart.load();
  assert.equal(afterRestart.get().loadMin, 0.25);

  await afterRestart.replace({ ...defaultPolicy, loadMin: 0.1 }, actor);
  await assert.rejects(
    one.replace({ ...defaultPolicy, loadMin: 0.4 }, actor),
    /Somebody else set the policy/,
  );
  assert.equal(one.get().loadMin, 0.1, 'now it knows theirs');
});
