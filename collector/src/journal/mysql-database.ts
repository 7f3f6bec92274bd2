import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { JournalError } from './journal-error.ts';
import type { SqlDatabase, SqlSession, SqlValue } from './sql-database.ts';

const connections = 4;
const connectTimeoutMs = 5000;
const deadlockAttempts = 5;

/** `mysql://user:password@host:port/database`, also `mariadb://`; `?socket=/path` for a local server. */
export const openMysql = async (url: URL): Promise<SqlDatabase> => {
  const name = `MySQL journal ${url.hostname}${url.port === '' ? '' : `:${url.port}`}${url.pathname}`;
  const socket = url.searchParams.get('socket');
  const tls = url.searchParams.get('tls');
  const pool = createPool({
    ...(socket === null ? { host: url.hostname, port: Number(url.port || 3306) } : { socketPath: socket }),
    ...(tls === 'required' ? { ssl: {} } : {}),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'utf8mb4_bin',
    connectionLimit: connections,
    connectTimeout: connectTimeoutMs,
    supportBigNumbers: true,
    enableKeepAlive: true,
  });
  pool.on('connection', (connection) => {
    void connection.query(
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES', SESSION innodb_lock_wait_timeout = 10",
    );
  });

  const session = (on: Pick<Pool, 'query'>): SqlSession => ({
    run: async (sql, values = []) => {
      try {
        const [result] = await on.query<ResultSetHeader>(sql, [...values]);
        return { changes: result.affectedRows };
      } catch (error) {
        throw explained(name, error);
      }
    },
    all: async (sql, values: readonly SqlValue[] = []) => {
      try {
        const [rows] = await on.query<RowDataPacket[]>(sql, [...values]);
        return rows;
      } catch (error) {
        throw explained(name, error);
      }
    },
  });

  const direct = session(pool);
  const once = async <T>(work: (session: SqlSession) => Promise<T>): Promise<T> => {
    const connection = await pool.getConnection().catch((error: unknown) => {
      throw explained(name, error);
    });
    const state = { broken: false };
    try {
      await connection.beginTransaction();
      const result = await work(session(connection));
      await connection.commit();
      return result;
    } catch (error) {
      await connection.rollback().catch(() => {
        state.broken = true;
      });
      throw explained(name, error);
    } finally {
      if (state.broken) connection.destroy();
      else connection.release();
    }
  };

  const database: SqlDatabase = {
    dialect: 'mysql',
    name,
    ...direct,
    transaction: async (work) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(work);
        } catch (error) {
          if (!isDeadlock(error) || attempt === deadlockAttempts) throw error;
        }
      }
    },
    close: () => pool.end(),
  };
  try {
    await direct.all('SELECT 1');
  } catch (error) {
    await pool.end();
    throw error;
  }
  return database;
};

const isDeadlock = (error: unknown): boolean =>
  error instanceof JournalError &&
  (error.cause as { code?: string } | undefined)?.code === 'ER_LOCK_DEADLOCK';

const explained = (name: string, error: unknown): Error => {
  if (error instanceof JournalError) return error;
  if (!(error instanceof Error)) return new JournalError('internal', `The ${name} failed: ${String(error)}.`);
  const code = (error as { code?: string }).code ?? '';
  const { message } = error;
  switch (code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
    case 'ECONNRESET':
    case 'EPIPE':
    case 'PROTOCOL_CONNECTION_LOST':
    case 'ER_SERVER_SHUTDOWN':
      return new JournalError(
        'unavailable',
        `The ${name} does not answer (${code}); check that the server runs and that address and port are right.`,
        error,
      );
    case 'ER_ACCESS_DENIED_ERROR':
    case 'ER_DBACCESS_DENIED_ERROR':
    case 'ER_TABLEACCESS_DENIED_ERROR':
      return new JournalError('unavailable', `The ${name} refuses the user: ${message}.`, error);
    case 'ER_BAD_DB_ERROR':
      return new JournalError('unavailable', `The ${name} does not exist; create the database first.`, error);
    case 'ER_DUP_ENTRY':
      return new JournalError('conflict', `The ${name} refused a second entry: ${message}.`, error);
    case 'ER_LOCK_WAIT_TIMEOUT':
    case 'ER_LOCK_DEADLOCK':
      return new JournalError('locked', `The ${name} is locked by another session: ${message}.`, error);
    case 'ER_CRASHED_ON_USAGE':
    case 'ER_NOT_KEYFILE':
    case 'ER_TABLE_CORRUPT':
    case 'ER_INDEX_CORRUPT':
      return new JournalError('corrupt', `The ${name} is damaged: ${message}. Restore a backup.`, error);
    default:
      // Whatever the work inside a transaction threw of its own passes as it is.
      if (code === '') return error;
      return new JournalError(
        code.startsWith('ER_') ? 'internal' : 'unavailable',
        `The ${name} failed: ${message}.`,
        error,
      );
  }
};
