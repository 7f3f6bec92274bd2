import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { JournalError } from '../../src/journal/journal-error.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { journalSuite } from './journal-suite.ts';
import { migrationOf } from './journal-samples.ts';
import { startMariadb, type PrivateMariadb } from './private-mariadb.ts';

let server: PrivateMariadb;
let databases = 0;
const address = () => server.createDatabase(`journal_${++databases}`);

before(async () => {
  server = await startMariadb();
});
after(() => server.stop());

journalSuite('MariaDB', address);

describe('a MariaDB journal in trouble', { timeout: 240_000 }, () => {
  it('does not let the audit log be changed', async (t) => {
    const journal = await openJournal(await address());
    t.after(() => journal.close());
    await journal.audit.append({
      at: 1,
      who: 'ada',
      role: 'admin',
      via: 'token',
      address: '::1',
      action: 'x',
      subject: 'y',
      reason: null,
      outcome: 'done',
      detail: '',
      request: 'r',
    });
    const name = `journal_${databases}`;
    await assert.rejects(server.root(`UPDATE ${name}.audit SET who = 'bob'`), /append-only/);
    await assert.rejects(server.root(`DELETE FROM ${name}.audit`), /append-only/);
  });

  it('upgrades once when several collectors start together', async (t) => {
    const url = await address();
    const journals = await Promise.all(Array.from({ length: 4 }, () => openJournal(url)));
    t.after(() => Promise.all(journals.map((journal) => journal.close())));
    assert.equal((await journals[0]!.migrations.create(migrationOf('m-1'), null)).outcome, 'created');
    assert.equal((await journals[3]!.migrations.active()).length, 1);
  });

  it('names a wrong password, a missing database and a server that does not answer, never the password', async () => {
    const url = await address();
    const failure = async (address: string) => {
      const error: unknown = await openJournal(address).then(
        () => null,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof JournalError);
      assert.equal(error.code, 'unavailable');
      assert.doesNotMatch(error.message, /p@ss|p%40ss|secret/);
      return error.message;
    };
    assert.match(await failure(url.replace(/:[^:@]+@/, ':secret@')), /refuses the user/);
    assert.match(await failure(url.replace(/journal_\d+/, 'nowhere')), /refuses the user|does not exist/);
    assert.match(await failure(url.replace(String(server.port), '1')), /does not answer \(ECONNREFUSED\)/);
  });
});
