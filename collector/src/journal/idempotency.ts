import { createHash } from 'node:crypto';
import { textOf, type SqlSession } from './sql-database.ts';

export type IdempotencyClaim = {
  readonly actor: string;
  readonly key: string;
  /** Of the request: the same key for another request is a mistake of the asker. */
  readonly fingerprint: string;
  readonly at: number;
};

export const fingerprintOf = (request: unknown): string =>
  createHash('sha256').update(canonical(request)).digest('hex');

export type UsedKey = { readonly subject: string; readonly fingerprint: string };

export const findKey = async (session: SqlSession, claim: IdempotencyClaim): Promise<UsedKey | null> => {
  const row = (
    await session.all(
      'SELECT subject, fingerprint FROM idempotency_keys WHERE actor = ? AND idempotency_key = ?',
      [claim.actor, claim.key],
    )
  )[0];
  return row === undefined
    ? null
    : { subject: textOf(row, 'subject'), fingerprint: textOf(row, 'fingerprint') };
};

/** Throws a `conflict` when somebody else was quicker. */
export const useKey = async (
  session: SqlSession,
  claim: IdempotencyClaim,
  subject: string,
): Promise<void> => {
  await session.run(
    'INSERT INTO idempotency_keys (actor, idempotency_key, fingerprint, subject, used_at) VALUES (?, ?, ?, ?, ?)',
    [claim.actor, claim.key, claim.fingerprint, subject, claim.at],
  );
};

/** JSON with sorted keys, so that the order of fields makes no difference. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`);
  return `{${fields.join(',')}}`;
};
