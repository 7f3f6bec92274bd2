import type { Policy } from '../fleet/policy.ts';
import { numberOf, textOf, type SqlDatabase } from './sql-database.ts';

export type PolicyVersion = {
  readonly version: number;
  readonly at: number;
  readonly who: string;
  readonly policy: Policy;
};

export type PolicyStore = {
  readonly current: () => Promise<PolicyVersion | null>;
  /** Throws a `conflict` when another version was added since `after` (0: the first one). */
  readonly add: (policy: Policy, who: string, at: number, after: number) => Promise<PolicyVersion>;
  /** Newest first. */
  readonly list: (limit: number) => Promise<readonly PolicyVersion[]>;
};

export const policyStore = (database: SqlDatabase): PolicyStore => {
  const list = async (limit: number): Promise<PolicyVersion[]> => {
    const rows = await database.all(
      'SELECT version, at, who, document FROM policy_versions ORDER BY version DESC LIMIT ?',
      [limit],
    );
    return rows.map((row) => ({
      version: numberOf(row, 'version'),
      at: numberOf(row, 'at'),
      who: textOf(row, 'who'),
      policy: JSON.parse(textOf(row, 'document')) as Policy,
    }));
  };
  return {
    list,
    current: async () => (await list(1))[0] ?? null,
    add: async (policy, who, at, after) => {
      // The primary key decides between two admins who save at once.
      await database.run('INSERT INTO policy_versions (version, at, who, document) VALUES (?, ?, ?, ?)', [
        after + 1,
        at,
        who,
        JSON.stringify(policy),
      ]);
      return { version: after + 1, at, who, policy };
    },
  };
};
