import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The configuration that administrators get is the one that is run here; only places and ports differ. */
const configFile = path.resolve(import.meta.dirname, '../../../provisioning/influxdb/influxdb.conf');

/** An influxd of our own on loopback, its data in one directory: for `npm start`, the tests and the benchmarks. */
export class PrivateInfluxd {
  readonly url: string;
  readonly graphitePort: number;
  readonly #directory: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #binary: string;
  #child: ChildProcess | null = null;

  private constructor(
    directory: string,
    binary: string,
    ports: readonly [number, number, number],
    asksWho: boolean,
  ) {
    const [http, graphite, rpc] = ports;
    this.url = `http://127.0.0.1:${http}`;
    this.graphitePort = graphite;
    this.#directory = directory;
    this.#binary = binary;
    this.#environment = {
      ...process.env,
      HOME: directory,
      INFLUXDB_BIND_ADDRESS: `127.0.0.1:${rpc}`,
      INFLUXDB_META_DIR: path.join(directory, 'meta'),
      INFLUXDB_DATA_DIR: path.join(directory, 'data'),
      INFLUXDB_DATA_WAL_DIR: path.join(directory, 'wal'),
      INFLUXDB_HTTP_BIND_ADDRESS: `127.0.0.1:${http}`,
      INFLUXDB_GRAPHITE_0_BIND_ADDRESS: `127.0.0.1:${graphite}`,
      INFLUXDB_HTTP_AUTH_ENABLED: String(asksWho),
    };
  }

  /** Null when there is no such program on this machine. */
  static async start(options: {
    readonly directory: string;
    readonly binary?: string;
    /** A free port each when not given. */
    readonly httpPort?: number;
    /** It then has no users; who comes first makes the admin. */
    readonly asksWho?: boolean;
  }): Promise<PrivateInfluxd | null> {
    const { directory, binary = 'influxd', httpPort, asksWho = false } = options;
    const ports = [await freePort(httpPort), await freePort(), await freePort()] as const;
    const influxd = new PrivateInfluxd(directory, binary, ports, asksWho);
    return (await influxd.restart()) ? influxd : null;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it (again) over the same data and waits until it answers; false when there is no such program. */
  async restart(): Promise<boolean> {
    mkdirSync(this.#directory, { recursive: true });
    await this.#endLeftOver();
    const log = openSync(path.join(this.#directory, 'influxd.log'), 'a');
    const child = spawn(this.#binary, ['-config', configFile], {
      env: this.#environment,
      // Ctrl-C in a terminal reaches the whole group; the database is stopped when nobody writes to it any more.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    if (child.pid !== undefined) writeFileSync(this.#pidFile, String(child.pid));
    let failure: NodeJS.ErrnoException | undefined;
    child.once('error', (error) => (failure = error));
    for (let waited = 0; waited < 30_000; waited += 50) {
      if (failure?.code === 'ENOENT') return false;
      if (failure !== undefined || child.exitCode !== null) break;
      if (await answers(this.url)) return true;
      await pause(50);
    }
    await this.stop();
    throw new Error(`influxd did not start; see ${path.join(this.#directory, 'influxd.log')}`, {
      cause: failure,
    });
  }

  get #pidFile(): string {
    return path.join(this.#directory, 'influxd.pid');
  }

  /** One whose owner was killed runs on; two over the same data would ruin it. */
  async #endLeftOver(): Promise<void> {
    let pid: number;
    try {
      pid = Number(readFileSync(this.#pidFile, 'utf8'));
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('influxd')) return;
      process.kill(pid, 'SIGTERM');
    } catch {
      return; // no file, or no such process
    }
    for (let waited = 0; waited < 10_000 && isAlive(pid); waited += 50) await pause(50);
    if (isAlive(pid)) throw new Error(`influxd ${pid} from an earlier run does not end; stop it first`);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    rmSync(this.#pidFile, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ping`, { signal: AbortSignal.timeout(1000) })).status === 204;
  } catch {
    return false;
  }
}

/** The port asked for, or one that is free just now. Throws one sentence when it is taken. */
async function freePort(wanted = 0): Promise<number> {
  const server = net.createServer();
  server.listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`port ${wanted} for InfluxDB is taken; stop what listens there or choose another`, {
      cause: error,
    });
  }
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
