import { JournalError } from './journal-error.ts';

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** What the journal needs of a database: SQL that SQLite and MySQL both understand, with `?` for values. */
export type SqlSession = {
  readonly run: (sql: string, values?: readonly SqlValue[]) => Promise<{ readonly changes: number }>;
  readonly all: (sql: string, values?: readonly SqlValue[]) => Promise<readonly SqlRow[]>;
};

export type SqlDatabase = SqlSession & {
  readonly dialect: 'sqlite' | 'mysql';
  /** For messages; never with a password. */
  readonly name: string;
  /** All or nothing, alone; what the work throws undoes it. */
  readonly transaction: <T>(work: (session: SqlSession) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

/** Text of a column that is never null. */
export const textOf = (row: SqlRow, column: string): string => String(row[column]);
export const numberOf = (row: SqlRow, column: string): number => Number(row[column]);

const attempts = 5;

/** A transaction that decides between writers by a unique key: who lost looks again and sees the winner. */
export const alone = async <T>(
  database: SqlDatabase,
  work: (session: SqlSession) => Promise<T>,
): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(work);
    } catch (error) {
      if (!(error instanceof JournalError) || error.code !== 'conflict' || attempt === attempts) throw error;
    }
  }
};
