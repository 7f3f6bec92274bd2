import type { MigrationQuery } from '../fleet/migration-request.ts';
import type { Migration } from '../fleet/migration.ts';
import { findKey, useKey, type IdempotencyClaim, type UsedKey } from './idempotency.ts';
import { JournalError } from './journal-error.ts';
import { alone, numberOf, textOf, type SqlDatabase } from './sql-database.ts';

export type StoredMigration = { readonly migration: Migration; readonly revision: number };

export type Created =
  | { readonly outcome: 'created' }
  /** The same actor used the key for the same request before. */
  | { readonly outcome: 'repeated'; readonly id: string }
  /** The key was used for something else. */
  | { readonly outcome: 'key-reused'; readonly id: string }
  /** Another migration of this VM is under way. */
  | { readonly outcome: 'vm-busy'; readonly id: string };

export type MigrationStore = {
  /** Decides, alone, between two that ask at once: by key, and by one active migration per VM. */
  readonly create: (migration: Migration, claim: IdempotencyClaim | null) => Promise<Created>;
  /** What a key was used for before; null: it is free. */
  readonly claimed: (claim: IdempotencyClaim) => Promise<UsedKey | null>;
  /** Throws a `conflict` when somebody else changed it since `revision`; resolves to the next revision. */
  readonly update: (migration: Migration, revision: number) => Promise<number>;
  readonly get: (id: string) => Promise<StoredMigration | null>;
  readonly list: (
    query: MigrationQuery,
  ) => Promise<{ readonly items: readonly Migration[]; readonly total: number }>;
  /** Those that have not ended, oldest first. */
  readonly active: () => Promise<readonly StoredMigration[]>;
};

const ended = new Set<Migration['stage']>(['done', 'failed', 'aborted']);

export const migrationStore = (database: SqlDatabase): MigrationStore => ({
  create: (migration, claim) =>
    alone(database, async (session) => {
      const used = claim === null ? null : await findKey(session, claim);
      if (used !== null)
        return {
          outcome: used.fingerprint === claim?.fingerprint ? 'repeated' : 'key-reused',
          id: used.subject,
        };
      const busy = (await session.all('SELECT id FROM migrations WHERE active_vm = ?', [migration.uuid]))[0];
      if (busy !== undefined) return { outcome: 'vm-busy', id: textOf(busy, 'id') };
      if (claim !== null) await useKey(session, claim, migration.id);
      await session.run(
        `INSERT INTO migrations (id, uuid, source, target, stage, active_vm, requested_at, updated_at, revision, document)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
        [
          migration.id,
          migration.uuid,
          migration.from,
          migration.to,
          migration.stage,
          migration.uuid,
          migration.stages[0]!.at,
          migration.stages[0]!.at,
          JSON.stringify(migration),
        ],
      );
      return { outcome: 'created' };
    }),
  claimed: (claim) => findKey(database, claim),
  update: async (migration, revision) => {
    const { changes } = await database.run(
      `UPDATE migrations SET stage = ?, active_vm = ?, updated_at = ?, revision = ?, document = ?
       WHERE id = ? AND revision = ?`,
      [
        migration.stage,
        ended.has(migration.stage) ? null : migration.uuid,
        migration.stages.at(-1)!.at,
        revision + 1,
        JSON.stringify(migration),
        migration.id,
        revision,
      ],
    );
    if (changes !== 1)
      throw new JournalError(
        'conflict',
        `Migration ${migration.id} was changed by somebody else; read it again before changing it.`,
      );
    return revision + 1;
  },
  get: async (id) => {
    const row = (await database.all('SELECT document, revision FROM migrations WHERE id = ?', [id]))[0];
    return row === undefined
      ? null
      : { migration: migrationOf(textOf(row, 'document')), revision: numberOf(row, 'revision') };
  },
  list: async (query) => {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    if (query.active !== undefined) conditions.push(`active_vm IS ${query.active ? 'NOT ' : ''}NULL`);
    if (query.vm !== undefined) {
      conditions.push('uuid = ?');
      values.push(query.vm);
    }
    if (query.host !== undefined) {
      conditions.push('(source = ? OR target = ?)');
      values.push(query.host, query.host);
    }
    if (query.from !== undefined) {
      conditions.push('requested_at >= ?');
      values.push(query.from);
    }
    if (query.to !== undefined) {
      conditions.push('requested_at < ?');
      values.push(query.to);
    }
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const count = await database.all(`SELECT COUNT(*) AS total FROM migrations${where}`, values);
    const rows = await database.all(
      `SELECT document FROM migrations${where} ORDER BY requested_at DESC, id DESC LIMIT ? OFFSET ?`,
      [...values, query.limit, query.offset],
    );
    return {
      items: rows.map((row) => migrationOf(textOf(row, 'document'))),
      total: numberOf(count[0]!, 'total'),
    };
  },
  active: async () => {
    const rows = await database.all(
      'SELECT document, revision FROM migrations WHERE active_vm IS NOT NULL ORDER BY requested_at, id',
    );
    return rows.map((row) => ({
      migration: migrationOf(textOf(row, 'document')),
      revision: numberOf(row, 'revision'),
    }));
  },
});

const migrationOf = (document: string): Migration => JSON.parse(document) as Migration;
