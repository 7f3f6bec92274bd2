import { createHash } from 'node:crypto';
import type { AuditEntry, AuditQuery } from '../fleet/audit-entry.ts';
import { alone, numberOf, textOf, type SqlDatabase } from './sql-database.ts';

export type AuditLog = {
  /** Resolves when the line is on disk. */
  readonly append: (entry: AuditEntry) => Promise<void>;
  /** Newest first. */
  readonly list: (query: AuditQuery) => Promise<readonly AuditEntry[]>;
  /** Walks the chain of hashes: null when every line is as it was written and none is missing. */
  readonly verify: () => Promise<AuditBreak | null>;
};

export type AuditBreak = { readonly sequence: number; readonly message: string };

const start = '0'.repeat(64);
const page = 1000;

/** Each line's hash covers the line before, so that a changed or missing line shows even if triggers were dropped. */
export const auditLog = (database: SqlDatabase): AuditLog => ({
  append: (entry) =>
    alone(database, async (session) => {
      // One row that always exists keeps writers in a line; locking the end of the log would deadlock them.
      const lock = database.dialect === 'mysql' ? ' FOR UPDATE' : '';
      await session.all(`SELECT version FROM schema_versions WHERE version = 1${lock}`);
      const last = (
        await session.all(`SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1${lock}`)
      )[0];
      const sequence = last === undefined ? 1 : numberOf(last, 'sequence') + 1;
      const previous = last === undefined ? start : textOf(last, 'hash');
      const document = JSON.stringify(entry);
      await session.run(
        'INSERT INTO audit (sequence, at, who, document, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?)',
        [sequence, entry.at, entry.who, document, previous, hashOf(sequence, document, previous)],
      );
    }),
  list: async (query) => {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const where = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    where('at >= ?', query.from);
    where('at < ?', query.to);
    where('who = ?', query.who);
    const rows = await database.all(
      `SELECT document FROM audit${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}
       ORDER BY sequence DESC LIMIT ? OFFSET ?`,
      [...values, query.limit, query.offset],
    );
    return rows.map((row) => JSON.parse(textOf(row, 'document')) as AuditEntry);
  },
  verify: async () => {
    let previous = start;
    let expected = 1;
    for (;;) {
      const rows = await database.all(
        'SELECT sequence, document, previous_hash, hash FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT ?',
        [expected, page],
      );
      for (const row of rows) {
        const sequence = numberOf(row, 'sequence');
        if (sequence !== expected)
          return { sequence: expected, message: `audit line ${expected} is missing` };
        const document = textOf(row, 'document');
        if (
          textOf(row, 'previous_hash') !== previous ||
          textOf(row, 'hash') !== hashOf(sequence, document, previous)
        )
          return { sequence, message: `audit line ${sequence} is not as it was written` };
        previous = textOf(row, 'hash');
        expected += 1;
      }
      if (rows.length < page) return null;
    }
  },
});

const hashOf = (sequence: number, document: string, previous: string): string =>
  createHash('sha256').update(`${sequence}\n${previous}\n${document}`).digest('hex');
