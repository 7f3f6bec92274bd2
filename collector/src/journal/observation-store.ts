import { alone, textOf, type SqlDatabase } from './sql-database.ts';
import type { MigrationObservation } from './migration-observation.ts';

export type ObservationStore = {
  /** Once per migration; a repetition after a crash changes nothing. */
  readonly add: (observation: MigrationObservation) => Promise<void>;
  /** The latest ones, oldest first: the order in which they are learned from. */
  readonly latest: (limit: number) => Promise<readonly MigrationObservation[]>;
};

export const observationStore = (database: SqlDatabase): ObservationStore => ({
  add: (observation) =>
    alone(database, async (session) => {
      const known = await session.all('SELECT migration FROM migration_observations WHERE migration = ?', [
        observation.migration,
      ]);
      if (known.length > 0) return;
      await session.run('INSERT INTO migration_observations (migration, at, document) VALUES (?, ?, ?)', [
        observation.migration,
        observation.at,
        JSON.stringify(observation),
      ]);
    }),
  latest: async (limit) => {
    const rows = await database.all(
      'SELECT document FROM migration_observations ORDER BY at DESC, migration DESC LIMIT ?',
      [limit],
    );
    return rows.map((row) => JSON.parse(textOf(row, 'document')) as MigrationObservation).reverse();
  },
});
