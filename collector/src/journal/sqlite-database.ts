import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { JournalError } from './journal-error.ts';
import type { SqlDatabase, SqlRow, SqlSession, SqlValue } from './sql-database.ts';

const waitForLockMs = 2000;
const lockPauseMs = 10;

/**
 * SQLite in WAL mode. `synchronous = FULL`, because what the journal says was written must survive the machine's crash:
 * the controller acts only after it wrote.
 */
export const openSqlite = (file: string): SqlDatabase => {
  const name = `SQLite journal ${file}`;
  let database: DatabaseSync;
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    database = new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw explained(name, error);
  }
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    const verdict = database.prepare('PRAGMA quick_check(3)').all();
    const first = Object.values(verdict[0] ?? {})[0];
    if (first !== 'ok') throw corrupt(name, verdict.map((row) => String(Object.values(row)[0])).join('; '));
  } catch (error) {
    database.close();
    throw explained(name, error);
  }

  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  // SQLite would wait for a lock inside the call, and the whole collector with it.
  const attempt = async <T>(work: () => T): Promise<T> => {
    for (let waited = 0; ; waited += lockPauseMs) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error) || waited >= waitForLockMs) throw explained(name, error);
        await setTimeout(lockPauseMs);
      }
    }
  };
  const session: SqlSession = {
    run: (sql, values = []) => attempt(() => ({ changes: Number(prepared(sql).run(...values).changes) })),
    all: (sql, values = []) => attempt(() => prepared(sql).all(...values) as SqlRow[]),
  };

  // One connection: whatever comes while a transaction is open waits, lest it became part of it.
  let tail: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };

  return {
    dialect: 'sqlite',
    name,
    run: (sql: string, values?: readonly SqlValue[]) => alone(() => session.run(sql, values)),
    all: (sql: string, values?: readonly SqlValue[]) => alone(() => session.all(sql, values)),
    transaction: (work) =>
      alone(async () => {
        await session.run('BEGIN IMMEDIATE');
        try {
          const result = await work(session);
          await session.run('COMMIT');
          return result;
        } catch (error) {
          // A full disk ends the transaction by itself; a second ROLLBACK would hide the cause.
          if (database.isTransaction) database.exec('ROLLBACK');
          throw error;
        }
      }),
    close: () =>
      alone(() => {
        if (database.isOpen) database.close();
        return Promise.resolve();
      }),
  };
};

const corrupt = (name: string, detail: string): JournalError =>
  new JournalError(
    'corrupt',
    `The ${name} is damaged (${detail}). It was left as it is; stop the collector, keep the file for analysis and ` +
      'put the latest backup in its place ("evenkeel journal backup" makes them).',
  );

const resultCode = {
  busy: 5,
  locked: 6,
  readonly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notADatabase: 26,
};

const isBusy = (error: unknown): boolean =>
  [resultCode.busy, resultCode.locked].includes(((error as { errcode?: number }).errcode ?? 0) & 0xff);

const explained = (name: string, error: unknown): JournalError => {
  if (error instanceof JournalError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { errcode?: number }).errcode ?? 0;
  switch (code & 0xff) {
    case resultCode.busy:
    case resultCode.locked:
      return new JournalError(
        'locked',
        `The ${name} is locked by another process for more than ${waitForLockMs / 1000} s. ` +
          'Only one collector may use it; find the other one ("fuser FILE") or use MySQL for several.',
        error,
      );
    case resultCode.corrupt:
    case resultCode.notADatabase:
      return corrupt(name, message);
    case resultCode.constraint:
      return new JournalError('conflict', `The ${name} refused a second entry: ${message}.`, error);
    case resultCode.full:
      return new JournalError('unavailable', `The disk of the ${name} is full; make room.`, error);
    case resultCode.readonly:
    case resultCode.cannotOpen:
      return new JournalError(
        'unavailable',
        `The ${name} cannot be opened for writing (${message}); check that the collector's user owns the folder.`,
        error,
      );
    default:
      if (error instanceof Error && 'syscall' in error)
        return new JournalError('unavailable', `The ${name} cannot be opened: ${message}.`, error);
      return new JournalError('internal', `The ${name} failed: ${message}.`, error);
  }
};
