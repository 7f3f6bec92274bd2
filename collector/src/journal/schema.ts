import { JournalError } from './journal-error.ts';
import { numberOf, type SqlDatabase, type SqlSession } from './sql-database.ts';

type SchemaStep = {
  readonly version: number;
  readonly description: string;
  /** Both dialects understand these; every statement may be repeated, because MySQL cannot undo half a step. */
  readonly statements: readonly string[];
  readonly only?: { readonly sqlite: readonly string[]; readonly mysql: readonly string[] };
};

const appendOnly = 'the audit log is append-only';

/** Never change a step that was released: add one. */
export const schemaSteps: readonly SchemaStep[] = [
  {
    version: 1,
    description: 'migrations, drains, policy, audit, and what was learned',
    statements: [
      `CREATE TABLE IF NOT EXISTS migrations (
         id VARCHAR(64) NOT NULL PRIMARY KEY, uuid VARCHAR(64) NOT NULL, source VARCHAR(255) NOT NULL,
         target VARCHAR(255) NOT NULL, stage VARCHAR(16) NOT NULL, active_vm VARCHAR(64) UNIQUE,
         requested_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, revision INTEGER NOT NULL,
         document LONGTEXT NOT NULL)`,
      `CREATE TABLE IF NOT EXISTS idempotency_keys (
         actor VARCHAR(190) NOT NULL, idempotency_key VARCHAR(190) NOT NULL, fingerprint VARCHAR(64) NOT NULL,
         subject VARCHAR(64) NOT NULL, used_at BIGINT NOT NULL, PRIMARY KEY (actor, idempotency_key))`,
      `CREATE TABLE IF NOT EXISTS drains (
         id VARCHAR(64) NOT NULL PRIMARY KEY, host VARCHAR(255), state VARCHAR(16) NOT NULL,
         active_subject VARCHAR(255) UNIQUE, started_at BIGINT NOT NULL, revision INTEGER NOT NULL,
         document LONGTEXT NOT NULL)`,
      `CREATE TABLE IF NOT EXISTS policy_versions (
         version INTEGER NOT NULL PRIMARY KEY, at BIGINT NOT NULL, who VARCHAR(255) NOT NULL,
         document LONGTEXT NOT NULL)`,
      `CREATE TABLE IF NOT EXISTS migration_observations (
         migration VARCHAR(64) NOT NULL PRIMARY KEY, at BIGINT NOT NULL, document LONGTEXT NOT NULL)`,
      `CREATE TABLE IF NOT EXISTS recommendation_decisions (
         recommendation VARCHAR(190) NOT NULL, at BIGINT NOT NULL, sequence INTEGER NOT NULL,
         document LONGTEXT NOT NULL, PRIMARY KEY (recommendation, sequence))`,
      `CREATE TABLE IF NOT EXISTS learned (
         name VARCHAR(190) NOT NULL PRIMARY KEY, at BIGINT NOT NULL, document LONGTEXT NOT NULL)`,
      `CREATE TABLE IF NOT EXISTS audit (
         sequence BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, who VARCHAR(255) NOT NULL,
         document LONGTEXT NOT NULL, previous_hash VARCHAR(64) NOT NULL, hash VARCHAR(64) NOT NULL)`,
    ],
    only: {
      sqlite: [
        'CREATE INDEX IF NOT EXISTS migrations_requested ON migrations (requested_at)',
        'CREATE INDEX IF NOT EXISTS migrations_uuid ON migrations (uuid, requested_at)',
        'CREATE INDEX IF NOT EXISTS observations_at ON migration_observations (at)',
        'CREATE INDEX IF NOT EXISTS audit_at ON audit (at)',
        `CREATE TRIGGER IF NOT EXISTS audit_keeps BEFORE UPDATE ON audit
           BEGIN SELECT RAISE(ABORT, '${appendOnly}'); END`,
        `CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE DELETE ON audit
           BEGIN SELECT RAISE(ABORT, '${appendOnly}'); END`,
      ],
      mysql: [
        'ALTER TABLE migrations ADD INDEX migrations_requested (requested_at)',
        'ALTER TABLE migrations ADD INDEX migrations_uuid (uuid, requested_at)',
        'ALTER TABLE migration_observations ADD INDEX observations_at (at)',
        'ALTER TABLE audit ADD INDEX audit_at (at)',
        `CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit FOR EACH ROW
           SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${appendOnly}'`,
        `CREATE TRIGGER audit_stays BEFORE DELETE ON audit FOR EACH ROW
           SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '${appendOnly}'`,
      ],
    },
  },
  {
    version: 2,
    description: 'findings that ended',
    statements: [
      `CREATE TABLE IF NOT EXISTS ended_findings (
         id VARCHAR(64) NOT NULL PRIMARY KEY, fleet VARCHAR(64) NOT NULL, ended_at BIGINT NOT NULL,
         document LONGTEXT NOT NULL)`,
    ],
    only: {
      sqlite: ['CREATE INDEX IF NOT EXISTS ended_findings_at ON ended_findings (fleet, ended_at)'],
      mysql: ['ALTER TABLE ended_findings ADD INDEX ended_findings_at (fleet, ended_at)'],
    },
  },
];

/** In the order in which a copy may fill them. */
export const journalTables = [
  'migrations',
  'idempotency_keys',
  'drains',
  'policy_versions',
  'migration_observations',
  'recommendation_decisions',
  'learned',
  'ended_findings',
  'audit',
] as const;

/** Brings the tables up to this collector's version, whichever collector of several comes first. */
export const upgradeSchema = async (database: SqlDatabase, now: number): Promise<void> => {
  const newest = schemaSteps.at(-1)!.version;
  await database.run(
    forDialect(
      database,
      `CREATE TABLE IF NOT EXISTS schema_versions (
         version INTEGER NOT NULL PRIMARY KEY, applied_at BIGINT NOT NULL, description VARCHAR(255) NOT NULL)`,
    ),
  );
  await database.transaction(async (session) => {
    if (database.dialect === 'mysql') await session.all("SELECT GET_LOCK('evenkeel-schema', 60)");
    try {
      const rows = await session.all('SELECT MAX(version) AS version FROM schema_versions');
      const present = numberOf(rows[0]!, 'version');
      if (present > newest)
        throw new JournalError(
          'newer',
          `The ${database.name} has schema version ${present}, this collector knows ${newest}. ` +
            'Run a newer collector, or restore the backup made before the upgrade.',
        );
      for (const step of schemaSteps.filter(({ version }) => version > present)) {
        for (const statement of step.statements) await session.run(forDialect(database, statement));
        for (const statement of step.only?.[database.dialect] ?? []) await repeatable(session, statement);
        await session.run('INSERT INTO schema_versions (version, applied_at, description) VALUES (?, ?, ?)', [
          step.version,
          now,
          step.description,
        ]);
      }
    } finally {
      if (database.dialect === 'mysql') await session.all("SELECT RELEASE_LOCK('evenkeel-schema')");
    }
  });
};

/** Whatever the server's defaults are: any character, and ids compared to the letter. */
const forDialect = (database: SqlDatabase, statement: string): string =>
  database.dialect === 'mysql' && statement.startsWith('CREATE TABLE')
    ? `${statement} ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`
    : statement;

const alreadyThere = new Set(['ER_DUP_KEYNAME', 'ER_TRG_ALREADY_EXISTS', 'ER_DUP_FIELDNAME']);

/** MySQL has no IF NOT EXISTS for these. */
const repeatable = async (session: SqlSession, statement: string): Promise<void> => {
  try {
    await session.run(statement);
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined;
    if (!alreadyThere.has(cause?.code ?? '')) throw error;
  }
};
