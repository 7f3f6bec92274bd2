import { existsSync } from 'node:fs';
import { auditLog, type AuditLog } from './audit-log.ts';
import { decisionStore, type DecisionStore } from './decision-store.ts';
import { drainStore, type DrainStore } from './drain-store.ts';
import { endedFindingStore, type EndedFindingStore } from './ended-finding-store.ts';
import { JournalError } from './journal-error.ts';
import { learnedStore, type LearnedStore } from './learned-store.ts';
import { migrationStore, type MigrationStore } from './migration-store.ts';
import { openMysql } from './mysql-database.ts';
import { observationStore, type ObservationStore } from './observation-store.ts';
import { policyStore, type PolicyStore } from './policy-store.ts';
import { journalTables, upgradeSchema } from './schema.ts';
import type { SqlDatabase } from './sql-database.ts';
import { openSqlite } from './sqlite-database.ts';

/** What was asked, decided and done, durably: a write has reached the disk when its promise resolves. */
export type Journal = {
  readonly name: string;
  readonly migrations: MigrationStore;
  readonly drains: DrainStore;
  readonly audit: AuditLog;
  readonly policies: PolicyStore;
  readonly observations: ObservationStore;
  readonly decisions: DecisionStore;
  readonly learned: LearnedStore;
  readonly endedFindings: EndedFindingStore;
  /** A complete SQLite journal of this moment, wherever this one lives. The file must not exist yet. */
  readonly backup: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const openJournal = async (address: string, now: () => number = Date.now): Promise<Journal> => {
  const database = await openDatabase(address);
  try {
    await upgradeSchema(database, now());
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    name: database.name,
    migrations: migrationStore(database),
    drains: drainStore(database),
    audit: auditLog(database),
    policies: policyStore(database),
    observations: observationStore(database),
    decisions: decisionStore(database),
    learned: learnedStore(database),
    endedFindings: endedFindingStore(database),
    backup: (file) => copyInto(database, file, now()),
    close: database.close,
  };
};

/** A path or `sqlite:PATH` is SQLite; `mysql://` and `mariadb://` are a server. */
const openDatabase = async (address: string): Promise<SqlDatabase> => {
  if (/^(mysql|mariadb):\/\//.test(address)) {
    let url: URL;
    try {
      url = new URL(address);
    } catch {
      throw new JournalError(
        'bad-url',
        'The journal address is no URL; it must look like mysql://user:password@host:3306/database.',
      );
    }
    if (url.pathname.length < 2)
      throw new JournalError(
        'bad-url',
        `The journal address names no database: mysql://${url.host}/DATABASE.`,
      );
    return await openMysql(url);
  }
  if (/^[a-z]+:\/\//.test(address))
    throw new JournalError(
      'bad-url',
      `The journal cannot live at ${address.split(':')[0]!}://; use a file path, mysql:// or mariadb://.`,
    );
  return openSqlite(address.replace(/^sqlite:/, ''));
};

const page = 500;

const copyInto = async (source: SqlDatabase, file: string, now: number): Promise<void> => {
  if (existsSync(file))
    throw new JournalError('unavailable', `The backup ${file} exists already; name a new file.`);
  if (source.dialect === 'sqlite') {
    await source.run('VACUUM INTO ?', [file]);
    // A backup that cannot be opened is none.
    await openSqlite(file).close();
    return;
  }
  const target = openSqlite(file);
  try {
    await upgradeSchema(target, now);
    // One transaction of InnoDB reads the state of one moment, whatever is written meanwhile.
    await source.transaction(async (from) => {
      for (const table of journalTables) {
        for (let offset = 0; ; offset += page) {
          const rows = await from.all(`SELECT * FROM ${table} ORDER BY 1, 2 LIMIT ? OFFSET ?`, [
            page,
            offset,
          ]);
          await target.transaction(async (to) => {
            for (const row of rows) {
              const columns = Object.keys(row);
              await to.run(
                `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
                Object.values(row),
              );
            }
          });
          if (rows.length < page) break;
        }
      }
    });
  } finally {
    await target.close();
  }
};
