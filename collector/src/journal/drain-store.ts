import type { Drain } from '../fleet/drain.ts';
import { findKey, useKey, type IdempotencyClaim } from './idempotency.ts';
import { JournalError } from './journal-error.ts';
import { alone, numberOf, textOf, type SqlDatabase } from './sql-database.ts';

export type StoredDrain = { readonly drain: Drain; readonly revision: number };

export type DrainCreated =
  | { readonly outcome: 'created' }
  | { readonly outcome: 'repeated' | 'key-reused' | 'busy'; readonly id: string };

export type DrainStore = {
  /** One at a time for each host or recommendation. */
  readonly create: (drain: Drain, claim: IdempotencyClaim | null) => Promise<DrainCreated>;
  readonly update: (drain: Drain, revision: number) => Promise<number>;
  readonly get: (id: string) => Promise<StoredDrain | null>;
  /** Newest first. */
  readonly list: (limit: number) => Promise<readonly Drain[]>;
  readonly active: () => Promise<readonly StoredDrain[]>;
};

const isActive = (drain: Drain): boolean => drain.state === 'running' || drain.state === 'paused';
const subjectOf = (drain: Drain): string =>
  drain.host === null ? `recommendation ${drain.recommendation ?? ''}` : `host ${drain.host}`;

export const drainStore = (database: SqlDatabase): DrainStore => ({
  create: (drain, claim) =>
    alone(database, async (session) => {
      const used = claim === null ? null : await findKey(session, claim);
      if (used !== null)
        return {
          outcome: used.fingerprint === claim?.fingerprint ? 'repeated' : 'key-reused',
          id: used.subject,
        };
      const busy = (
        await session.all('SELECT id FROM drains WHERE active_subject = ?', [subjectOf(drain)])
      )[0];
      if (busy !== undefined) return { outcome: 'busy', id: textOf(busy, 'id') };
      if (claim !== null) await useKey(session, claim, drain.id);
      await session.run(
        `INSERT INTO drains (id, host, state, active_subject, started_at, revision, document)
         VALUES (?, ?, ?, ?, ?, 1, ?)`,
        [
          drain.id,
          drain.host,
          drain.state,
          isActive(drain) ? subjectOf(drain) : null,
          drain.startedAt,
          JSON.stringify(drain),
        ],
      );
      return { outcome: 'created' };
    }),
  update: async (drain, revision) => {
    const { changes } = await database.run(
      'UPDATE drains SET state = ?, active_subject = ?, revision = ?, document = ? WHERE id = ? AND revision = ?',
      [
        drain.state,
        isActive(drain) ? subjectOf(drain) : null,
        revision + 1,
        JSON.stringify(drain),
        drain.id,
        revision,
      ],
    );
    if (changes !== 1)
      throw new JournalError('conflict', `Drain ${drain.id} was changed by somebody else; read it again.`);
    return revision + 1;
  },
  get: async (id) => {
    const row = (await database.all('SELECT document, revision FROM drains WHERE id = ?', [id]))[0];
    return row === undefined
      ? null
      : { drain: JSON.parse(textOf(row, 'document')) as Drain, revision: numberOf(row, 'revision') };
  },
  list: async (limit) => {
    const rows = await database.all('SELECT document FROM drains ORDER BY started_at DESC, id DESC LIMIT ?', [
      limit,
    ]);
    return rows.map((row) => JSON.parse(textOf(row, 'document')) as Drain);
  },
  active: async () => {
    const rows = await database.all(
      'SELECT document, revision FROM drains WHERE active_subject IS NOT NULL ORDER BY started_at, id',
    );
    return rows.map((row) => ({
      drain: JSON.parse(textOf(row, 'document')) as Drain,
      revision: numberOf(row, 'revision'),
    }));
  },
});
