import { createHash } from 'node:crypto';
import type { Finding } from '../fleet/finding.ts';
import { alone, numberOf, textOf, type SqlDatabase } from './sql-database.ts';

/** Findings that are over, with when they ended. */
export type EndedFindingStore = {
  /** Keeps the latest `most` of the fleet; the same finding given again changes nothing. */
  readonly add: (fleet: string, findings: readonly Finding[], most: number) => Promise<void>;
  /** Oldest first. */
  readonly latest: (fleet: string, limit: number) => Promise<readonly Finding[]>;
};

const idOf = (fleet: string, finding: Finding): string =>
  createHash('sha256').update(`${fleet}\n${finding.id}`).digest('hex');

export const endedFindingStore = (database: SqlDatabase): EndedFindingStore => ({
  add: (fleet, findings, most) =>
    alone(database, async (session) => {
      for (const finding of findings) {
        const id = idOf(fleet, finding);
        await session.run('DELETE FROM ended_findings WHERE id = ?', [id]);
        await session.run('INSERT INTO ended_findings (id, fleet, ended_at, document) VALUES (?, ?, ?, ?)', [
          id,
          fleet,
          finding.until ?? finding.at,
          JSON.stringify(finding),
        ]);
      }
      const [last] = await session.all(
        'SELECT ended_at FROM ended_findings WHERE fleet = ? ORDER BY ended_at DESC LIMIT 1 OFFSET ?',
        [fleet, most],
      );
      if (last === undefined) return;
      await session.run('DELETE FROM ended_findings WHERE fleet = ? AND ended_at <= ?', [
        fleet,
        numberOf(last, 'ended_at'),
      ]);
    }),
  latest: async (fleet, limit) => {
    const rows = await database.all(
      'SELECT document FROM ended_findings WHERE fleet = ? ORDER BY ended_at DESC, id LIMIT ?',
      [fleet, limit],
    );
    return rows.map((row) => JSON.parse(textOf(row, 'document')) as Finding).reverse();
  },
});
