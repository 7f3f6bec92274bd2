import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createConnection } from 'mysql2/promise';

export type PrivateMariadb = {
  readonly port: number;
  readonly createDatabase: (name: string) => Promise<string>;
  readonly root: (sql: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** A MariaDB of this test's own: its data in a temporary folder, on loopback only, gone afterwards. */
export const startMariadb = async (): Promise<PrivateMariadb> => {
  const folder = mkdtempSync(join(tmpdir(), 'mariadb-'));
  const port = await freePort();
  const socket = join(folder, 'socket');
  const user = process.getuid?.() === 0 ? ['--user=root'] : [];
  execFileSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      ...user,
      `--datadir=${folder}/data`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { stdio: 'pipe' },
  );
  const server = spawn(
    'mariadbd',
    [
      '--no-defaults',
      ...user,
      `--datadir=${folder}/data`,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-buffer-pool-size=32M',
      '--innodb-flush-log-at-trx-commit=1',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface(server.stderr).on('line', (line) => {
      lines.push(line);
      if (line.includes('ready for connections')) resolve();
    });
    server.once('exit', () => {
      reject(new Error(`mariadbd did not start:\n${lines.join('\n')}`));
    });
  });
  const root = async (sql: string) => {
    const connection = await createConnection({ socketPath: socket, user: 'root' });
    try {
      await connection.query(sql);
    } finally {
      await connection.end();
    }
  };
  await root("CREATE USER evenkeel@'127.0.0.1' IDENTIFIED BY 'p@ss:w/rd'");
  return {
    port,
    root,
    createDatabase: async (name) => {
      await root(`CREATE DATABASE ${name}`);
      await root(`GRANT ALL ON ${name}.* TO evenkeel@'127.0.0.1'`);
      return `mysql://evenkeel:${encodeURIComponent('p@ss:w/rd')}@127.0.0.1:${port}/${name}`;
    },
    stop: async () => {
      if (server.exitCode === null) {
        const gone = once(server, 'exit');
        server.kill('SIGTERM');
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
