import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { JournalError } from '../../src/journal/journal-error.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { journalSuite } from './journal-suite.ts';
import { migrationOf } from './journal-samples.ts';

const fileOf = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, 'journal.sqlite');
};

journalSuite('SQLite', (t) => Promise.resolve(fileOf(t)));

const failsWith = (code: JournalError['code'], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof JournalError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

describe('a SQLite journal in trouble', { timeout: 30_000 }, () => {
  it('is named damaged, and left untouched, when the file is not a database', async (t) => {
    const file = fileOf(t);
    writeFileSync(file, 'this was a journal once '.repeat(400));
    const before = readFileSync(file);
    await assert.rejects(
      openJournal(file),
      failsWith('corrupt', /journal\.sqlite is damaged.*latest backup/s),
    );
    assert.deepEqual(readFileSync(file), before);
  });

  it('is named damaged when pages inside were overwritten', async (t) => {
    const file = fileOf(t);
    const journal = await openJournal(file);
    for (let index = 0; index < 60; index += 1)
      await journal.migrations.create(
        migrationOf(`m-${index}`, { uuid: `u-${index}`, reason: 'x'.repeat(2000) }),
        null,
      );
    await journal.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096 * 3, 4096 * 12);
    writeFileSync(file, bytes);
    await assert.rejects(openJournal(file), failsWith('corrupt', /is damaged/));
    assert.equal(statSync(file).size, bytes.length);
  });

  it('says who may use it when another process holds the lock, and loses nothing', async (t) => {
    const file = fileOf(t);
    const journal = await openJournal(file);
    t.after(() => journal.close());
    const intruder = new DatabaseSync(file);
    intruder.exec('BEGIN IMMEDIATE');
    await assert.rejects(
      journal.migrations.create(migrationOf('m-1'), null),
      failsWith('locked', /locked by another process.*Only one collector may use it/s),
    );
    intruder.exec('ROLLBACK');
    intruder.close();
    assert.equal((await journal.migrations.create(migrationOf('m-1'), null)).outcome, 'created');
  });

  it('does not open what a newer collector wrote', async (t) => {
    const file = fileOf(t);
    await (await openJournal(file)).close();
    const raw = new DatabaseSync(file);
    raw.exec("INSERT INTO schema_versions VALUES (99, 0, 'from the future')");
    raw.close();
    await assert.rejects(openJournal(file), failsWith('newer', /schema version 99/));
  });

  it('does not let the audit log be changed, and shows it when triggers were dropped first', async (t) => {
    const file = fileOf(t);
    const journal = await openJournal(file);
    t.after(() => journal.close());
    const line = {
      at: 1,
      who: 'ada',
      role: 'admin',
      via: 'token',
      address: '::1',
      action: 'x',
      subject: 'y',
      reason: null,
      outcome: 'done' as const,
      detail: '',
      request: 'r',
    };
    for (let index = 0; index < 3; index += 1) await journal.audit.append(line);
    const raw = new DatabaseSync(file);
    t.after(() => {
      raw.close();
    });
    assert.throws(() => {
      raw.exec("UPDATE audit SET who = 'bob'");
    }, /append-only/);
    assert.throws(() => {
      raw.exec('DELETE FROM audit');
    }, /append-only/);
    raw.exec('DROP TRIGGER audit_keeps; DROP TRIGGER audit_stays');
    raw.exec(`UPDATE audit SET document = replace(document, 'ada', 'bob') WHERE sequence = 2`);
    assert.deepEqual(await journal.audit.verify(), {
      sequence: 2,
      message: 'audit line 2 is not as it was written',
    });
    raw.exec('DELETE FROM audit WHERE sequence = 1');
    assert.deepEqual(await journal.audit.verify(), { sequence: 1, message: 'audit line 1 is missing' });
  });

  it('undoes a transaction that fails half-way', async (t) => {
    const file = fileOf(t);
    const journal = await openJournal(file);
    t.after(() => journal.close());
    const raw = new DatabaseSync(file);
    raw.exec("CREATE TRIGGER trip BEFORE INSERT ON migrations BEGIN SELECT RAISE(ABORT, 'tripped'); END");
    const claim = { actor: 'ada', key: 'k', fingerprint: 'f', at: 1 };
    await assert.rejects(journal.migrations.create(migrationOf('m-1'), claim), /tripped/);
    raw.exec('DROP TRIGGER trip');
    raw.close();
    assert.equal((await journal.migrations.create(migrationOf('m-1'), claim)).outcome, 'created');
  });

  it('explains an address that cannot be a journal', async (t) => {
    const file = fileOf(t);
    writeFileSync(file, '');
    await assert.rejects(openJournal('redis://localhost/1'), failsWith('bad-url', /use a file path, mysql/));
    await assert.rejects(openJournal('mysql://localhost'), failsWith('bad-url', /names no database/));
    await assert.rejects(
      openJournal(join(file, 'journal.sqlite')),
      failsWith('unavailable', /cannot be opened/),
    );
  });
});
