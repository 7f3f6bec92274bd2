import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { scratchDirectory, until } from './service.ts';

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A real carbon-cache; its whisper files keep one value a second for an hour, or what its schemas say. */
export class Carbon {
  readonly port: number;
  readonly #directory: string;
  #child: ChildProcess | null = null;

  private constructor(directory: string, port: number, otherPort: number, schemas: string) {
    this.port = port;
    this.#directory = directory;
    for (const sub of ['storage', 'run', 'log', 'whisper', 'conf']) mkdirSync(path.join(directory, sub));
    writeFileSync(
      path.join(directory, 'conf', 'carbon.conf'),
      `[cache]
STORAGE_DIR = ${directory}/storage
LOCAL_DATA_DIR = ${directory}/whisper/
CONF_DIR = ${directory}/conf/
LOG_DIR = ${directory}/log/
PID_DIR = ${directory}/run/
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = ${port}
ENABLE_UDP_LISTENER = False
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = 0
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = ${otherPort}
MAX_CACHE_SIZE = inf
MAX_UPDATES_PER_SECOND = 5000
MAX_CREATES_PER_MINUTE = inf
USE_FLOW_CONTROL = True
WHISPER_AUTOFLUSH = True
`,
    );
    writeFileSync(path.join(directory, 'conf', 'storage-schemas.conf'), schemas);
  }

  static async start(t: TestContext, schemas = '[all]\npattern = .*\nretentions = 1s:1h\n'): Promise<Carbon> {
    const carbon = new Carbon(scratchDirectory(t, 'carbon'), await freePort(), await freePort(), schemas);
    t.after(() => carbon.stop('SIGKILL'));
    await carbon.restart();
    return carbon;
  }

  async restart(): Promise<void> {
    this.#child = spawn(
      'carbon-cache',
      [
        '--debug',
        '--nodaemon',
        `--config=${this.#directory}/conf/carbon.conf`,
        `--pidfile=${this.#directory}/run/p`,
        'start',
      ],
      { stdio: ['ignore', 'ignore', 'ignore'] },
    );
    const child = this.#child;
    let failed = false;
    child.once('error', () => (failed = true));
    await until(async () => {
      if (failed || child.exitCode !== null)
        throw new Error('carbon-cache did not start; the test needs the Debian package graphite-carbon');
      const socket = net.connect(this.port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        return true;
      } catch {
        return false;
      } finally {
        socket.destroy();
      }
    });
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** What whisper keeps under a path, e.g. `evenkeel/test/vm`. */
  names(under: string): string[] {
    const directory = path.join(this.#directory, 'whisper', under);
    return existsSync(directory) ? readdirSync(directory) : [];
  }

  /** The values of one whisper file by their second. */
  values(name: string): Map<number, number> {
    return this.archive(name).values;
  }

  /** Of its finest archive: the header has 16 bytes, then 12 for each archive, and each point 12. */
  archive(name: string): { readonly step: number; readonly values: Map<number, number> } {
    const file = path.join(this.#directory, 'whisper', `${name}.wsp`);
    const values = new Map<number, number>();
    if (!existsSync(file) || statSync(file).size === 0) return { step: 0, values };
    const bytes = readFileSync(file);
    const [begin, step, points] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes.readUInt32BE(24)];
    for (let at = begin; at < Math.min(bytes.length, begin + 12 * points); at += 12) {
      const second = bytes.readUInt32BE(at);
      if (second !== 0) values.set(second, bytes.readDoubleBE(at + 4));
    }
    return { step, values };
  }
}
