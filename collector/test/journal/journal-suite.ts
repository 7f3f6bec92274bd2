import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import type { Drain } from '../../src/fleet/drain.ts';
import type { Finding } from '../../src/fleet/finding.ts';
import { JournalError } from '../../src/journal/journal-error.ts';
import { openJournal, type Journal } from '../../src/journal/journal.ts';
import type { MigrationObservation } from '../../src/journal/migration-observation.ts';
import { fingerprintOf } from '../../src/journal/idempotency.ts';
import { migrationOf } from './journal-samples.ts';

/** An empty journal's address; called once per test. */
export type AddressOf = (t: TestContext) => Promise<string>;

const query = { limit: 100, offset: 0 };
const claim = (key: string, request: unknown = {}) => ({
  actor: 'ada',
  key,
  fingerprint: fingerprintOf(request),
  at: 1,
});

/** The same tests for every database that may hold a journal. */
export const journalSuite = (name: string, addressOf: AddressOf): void => {
  const open = async (t: TestContext): Promise<{ journal: Journal; again: () => Promise<Journal> }> => {
    const address = await addressOf(t);
    const openOne = async () => {
      const journal = await openJournal(address, () => 1000);
      t.after(() => journal.close());
      return journal;
    };
    return { journal: await openOne(), again: openOne };
  };

  describe(`a journal in ${name}`, { timeout: 60_000 }, () => {
    it('keeps a migration through changes and a reopening', async (t) => {
      const { journal, again } = await open(t);
      const migration = migrationOf('m-1', { reason: 'zu heiß 🔥 "quoted" \\ back' });
      assert.deepEqual(await journal.migrations.create(migration, null), { outcome: 'created' });
      const copying = {
        ...migration,
        stage: 'copying' as const,
        stages: [...migration.stages, { stage: 'copying' as const, at: 2000 }],
      };
      assert.equal(await journal.migrations.update(copying, 1), 2);
      const reopened = await again();
      assert.deepEqual(await reopened.migrations.get('m-1'), { migration: copying, revision: 2 });
      assert.deepEqual(
        (await reopened.migrations.active()).map(({ migration: { id } }) => id),
        ['m-1'],
      );
      assert.equal(await reopened.migrations.get('M-1'), null, 'ids are compared to the letter');
    });

    it('keeps the latest findings that ended, each once, fleet by fleet', async (t) => {
      const { journal, again } = await open(t);
      const ended = (place: number): Finding => ({
        id: `hotspot:host:ünï ${place}`,
        kind: 'hotspot',
        severity: 'warning',
        subject: { type: 'host', id: `h${place}`, name: `h${place}` },
        since: 1,
        at: place,
        until: place,
        message: 'It was hot.',
        evidence: [{ measure: 'cpu', value: 0.9, threshold: 0.8 }],
        rank: 1,
      });
      await journal.endedFindings.add('one', [1, 2, 3].map(ended), 3);
      await journal.endedFindings.add('other', [ended(1)], 3);
      await journal.endedFindings.add('one', [3, 4].map(ended), 3);
      const reopened = await again();
      assert.deepEqual(await reopened.endedFindings.latest('one', 10), [2, 3, 4].map(ended));
      assert.deepEqual(await reopened.endedFindings.latest('one', 1), [ended(4)]);
      assert.deepEqual(await reopened.endedFindings.latest('other', 10), [ended(1)]);
    });

    it('lets one of many have a VM, and the next only after the end', async (t) => {
      const { journal, again } = await open(t);
      const other = await again();
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          (index % 2 === 0 ? journal : other).migrations.create(migrationOf(`m-${index}`), null),
        ),
      );
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'created').length, 1);
      assert.equal(outcomes.filter(({ outcome }) => outcome === 'vm-busy').length, 11);
      const winner = (await journal.migrations.active())[0]!;
      assert.ok(
        outcomes.every(
          (outcome) =>
            outcome.outcome === 'created' || (outcome as { id?: string }).id === winner.migration.id,
        ),
      );
      const done = {
        ...winner.migration,
        stage: 'done' as const,
        stages: [...winner.migration.stages, { stage: 'done' as const, at: 5 }],
      };
      await journal.migrations.update(done, winner.revision);
      assert.equal((await other.migrations.create(migrationOf('m-next'), null)).outcome, 'created');
    });

    it('does once what is asked twice with one key', async (t) => {
      const { journal, again } = await open(t);
      const other = await again();
      const request = { vm: 'a', to: 'h2' };
      const outcomes = await Promise.all([
        journal.migrations.create(migrationOf('m-1'), claim('k', request)),
        other.migrations.create(migrationOf('m-2'), claim('k', { to: 'h2', vm: 'a' })),
      ]);
      assert.deepEqual(outcomes.map(({ outcome }) => outcome).sort(), ['created', 'repeated']);
      const reused = await journal.migrations.create(migrationOf('m-3'), claim('k', { vm: 'b' }));
      assert.equal(reused.outcome, 'key-reused');
      const somebodyElse = await journal.migrations.create(migrationOf('m-4'), {
        ...claim('k'),
        actor: 'bob',
      });
      assert.equal(somebodyElse.outcome, 'vm-busy', 'keys belong to those who use them');
    });

    it('leaves the key of a refused request free', async (t) => {
      const { journal } = await open(t);
      await journal.migrations.create(migrationOf('m-1'), null);
      assert.equal((await journal.migrations.create(migrationOf('m-2'), claim('k'))).outcome, 'vm-busy');
      const { migration, revision } = (await journal.migrations.get('m-1'))!;
      await journal.migrations.update({ ...migration, stage: 'failed' }, revision);
      assert.equal((await journal.migrations.create(migrationOf('m-2'), claim('k'))).outcome, 'created');
    });

    it('refuses a change made from an old state', async (t) => {
      const { journal } = await open(t);
      await journal.migrations.create(migrationOf('m-1'), null);
      await journal.migrations.update(migrationOf('m-1', { reason: 'first' }), 1);
      await assert.rejects(
        journal.migrations.update(migrationOf('m-1', { reason: 'second' }), 1),
        (error: unknown) => error instanceof JournalError && error.code === 'conflict',
      );
      assert.equal((await journal.migrations.get('m-1'))?.migration.reason, 'first');
    });

    it('lists by host, VM, time and whether they are under way, newest first, in pages', async (t) => {
      const { journal } = await open(t);
      for (let index = 0; index < 5; index += 1)
        await journal.migrations.create(
          migrationOf(
            `m-${index}`,
            { uuid: `u${index % 4}-${index}`, to: index % 2 === 0 ? 'h2' : 'h3' },
            1000 + index,
          ),
          null,
        );
      const ids = async (more: object) =>
        (await journal.migrations.list({ ...query, ...more })).items.map(({ id }) => id);
      assert.deepEqual(await ids({}), ['m-4', 'm-3', 'm-2', 'm-1', 'm-0']);
      assert.deepEqual(await ids({ host: 'h3' }), ['m-3', 'm-1']);
      assert.deepEqual(await ids({ vm: 'u2-2' }), ['m-2']);
      assert.deepEqual(await ids({ from: 1001, to: 1003 }), ['m-2', 'm-1']);
      assert.deepEqual(await ids({ limit: 2, offset: 2 }), ['m-2', 'm-1']);
      assert.deepEqual(await ids({ active: false }), []);
      assert.equal((await journal.migrations.list({ limit: 1, offset: 0 })).total, 5);
    });

    it('keeps the audit log in one order, from many writers, and shows a forged line', async (t) => {
      const { journal, again } = await open(t);
      const other = await again();
      const entry = (index: number) => ({
        at: 1000 + index,
        who: index % 2 === 0 ? 'ada' : 'bob',
        role: 'admin',
        via: 'token',
        address: '192.0.2.7',
        action: 'migration.request',
        subject: `vm-${index}`,
        reason: null,
        outcome: 'done' as const,
        detail: 'moved',
        request: `r${index}`,
      });
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 3 === 0 ? other : journal).audit.append(entry(index)),
        ),
      );
      assert.equal((await journal.audit.list(query)).length, 20);
      assert.equal((await journal.audit.list({ ...query, who: 'ada' })).length, 10);
      assert.equal((await journal.audit.list({ ...query, from: 1005, to: 1010 })).length, 5);
      assert.equal(await journal.audit.verify(), null);
    });

    it('numbers the versions of the policy and lets the first of two admins win', async (t) => {
      const { journal } = await open(t);
      assert.equal(await journal.policies.current(), null);
      await journal.policies.add(defaultPolicy, 'ada', 1, 0);
      const next = { ...defaultPolicy, loadMin: 0.2 };
      await journal.policies.add(next, 'ada', 2, 1);
      await assert.rejects(
        journal.policies.add(defaultPolicy, 'bob', 2, 1),
        (error: unknown) => error instanceof JournalError && error.code === 'conflict',
      );
      assert.deepEqual(await journal.policies.current(), { version: 2, at: 2, who: 'ada', policy: next });
      assert.equal((await journal.policies.list(10)).length, 2);
    });

    it('keeps drains, observations, decisions and what was learned', async (t) => {
      const { journal, again } = await open(t);
      const drain: Drain = {
        id: 'd-1',
        host: 'h1',
        recommendation: null,
        state: 'running',
        cause: null,
        requestedBy: 'ada',
        reason: null,
        startedAt: 1,
        endedAt: null,
        wave: 0,
        waves: 1,
        moves: [],
        migrations: [],
        stays: [],
      };
      assert.equal((await journal.drains.create(drain, claim('d'))).outcome, 'created');
      assert.deepEqual(await journal.drains.create({ ...drain, id: 'd-2' }, claim('d')), {
        outcome: 'repeated',
        id: 'd-1',
      });
      assert.deepEqual(await journal.drains.create({ ...drain, id: 'd-2' }, null), {
        outcome: 'busy',
        id: 'd-1',
      });
      await journal.drains.update({ ...drain, state: 'done' }, 1);
      assert.equal((await journal.drains.create({ ...drain, id: 'd-2' }, null)).outcome, 'created');

      const observation = { migration: 'm-1', at: 1 } as MigrationObservation;
      await journal.observations.add(observation);
      await journal.observations.add(observation);
      await journal.observations.add({ ...observation, migration: 'm-2', at: 2 });
      assert.deepEqual(
        (await journal.observations.latest(10)).map(({ migration }) => migration),
        ['m-1', 'm-2'],
      );

      const decision = {
        recommendation: 'r-1',
        at: 5,
        who: 'ada',
        decision: 'dismissed',
        reason: 'not now',
      } as const;
      await journal.decisions.add(decision);
      await journal.decisions.add({ ...decision, at: 6, decision: 'accepted' });
      assert.deepEqual(
        (await journal.decisions.since(6)).map((one) => one.decision),
        ['accepted'],
      );

      await journal.learned.put('bounds', { a: [1, 2] }, 1);
      await journal.learned.put('bounds', { a: [3] }, 2);
      assert.deepEqual(await (await again()).learned.get('bounds'), { a: [3] });
      assert.equal(await journal.learned.get('nothing'), null);
      assert.deepEqual(
        (await journal.drains.active()).map(({ drain: { id } }) => id),
        ['d-2'],
      );
    });

    it('makes a backup that is a journal, and never over a file', async (t) => {
      const { journal } = await open(t);
      await journal.migrations.create(migrationOf('m-1', { reason: 'ü' }), claim('k'));
      await journal.policies.add(defaultPolicy, 'ada', 1, 0);
      await journal.learned.put('bounds', [1], 1);
      await journal.audit.append({
        at: 1,
        who: 'ada',
        role: 'admin',
        via: 'token',
        address: '::1',
        action: 'policy.set',
        subject: 'policy',
        reason: null,
        outcome: 'done',
        detail: '',
        request: 'r',
      });
      const folder = await mkdtemp(join(tmpdir(), 'journal-backup-'));
      t.after(() => rm(folder, { recursive: true }));
      const file = join(folder, 'backup.sqlite');
      await journal.backup(file);
      const restored = await openJournal(file);
      t.after(() => restored.close());
      assert.deepEqual(await restored.migrations.get('m-1'), await journal.migrations.get('m-1'));
      assert.deepEqual(await restored.policies.current(), await journal.policies.current());
      assert.deepEqual(await restored.audit.list(query), await journal.audit.list(query));
      assert.equal(await restored.audit.verify(), null);
      assert.equal((await restored.migrations.create(migrationOf('m-9'), claim('k'))).outcome, 'repeated');
      await assert.rejects(journal.backup(file), /exists already; name a new file/);
    });
  });
};
