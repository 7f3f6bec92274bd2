import { alone, numberOf, textOf, type SqlDatabase } from './sql-database.ts';

export type RecommendationDecision = {
  readonly recommendation: string;
  readonly at: number;
  readonly who: string;
  readonly decision: 'accepted' | 'dismissed' | 'expired' | 'superseded';
  readonly reason: string | null;
};

export type DecisionStore = {
  readonly add: (decision: RecommendationDecision) => Promise<void>;
  /** Newest first. */
  readonly since: (at: number) => Promise<readonly RecommendationDecision[]>;
};

export const decisionStore = (database: SqlDatabase): DecisionStore => ({
  add: (decision) =>
    alone(database, async (session) => {
      const rows = await session.all(
        'SELECT MAX(sequence) AS sequence FROM recommendation_decisions WHERE recommendation = ?',
        [decision.recommendation],
      );
      await session.run(
        'INSERT INTO recommendation_decisions (recommendation, at, sequence, document) VALUES (?, ?, ?, ?)',
        [decision.recommendation, decision.at, numberOf(rows[0]!, 'sequence') + 1, JSON.stringify(decision)],
      );
    }),
  since: async (at) => {
    const rows = await database.all(
      'SELECT document FROM recommendation_decisions WHERE at >= ? ORDER BY at DESC, sequence DESC',
      [at],
    );
    return rows.map((row) => JSON.parse(textOf(row, 'document')) as RecommendationDecision);
  },
});
