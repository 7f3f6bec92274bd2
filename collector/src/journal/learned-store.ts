import { alone, textOf, type SqlDatabase } from './sql-database.ts';

/** What a part of the collector learned and wants back after a restart, as one document by name. */
export type LearnedStore = {
  readonly get: (name: string) => Promise<unknown>;
  readonly put: (name: string, document: unknown, at: number) => Promise<void>;
};

export const learnedStore = (database: SqlDatabase): LearnedStore => ({
  get: async (name) => {
    const row = (await database.all('SELECT document FROM learned WHERE name = ?', [name]))[0];
    return row === undefined ? null : (JSON.parse(textOf(row, 'document')) as unknown);
  },
  put: (name, document, at) =>
    alone(database, async (session) => {
      await session.run('DELETE FROM learned WHERE name = ?', [name]);
      await session.run('INSERT INTO learned (name, at, document) VALUES (?, ?, ?)', [
        name,
        at,
        JSON.stringify(document),
      ]);
    }),
});
