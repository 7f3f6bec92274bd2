import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { createToken } from '../api/token.ts';
import { TokenFile } from '../api/token-file.ts';
import { loadConfig } from '../config/load-config.ts';
import { lineLog } from '../service/log.ts';
import { PrivateInfluxd } from '../telemetry/private-influxd.ts';
import { aborted } from './aborted.ts';
import { type Command, type CommandIo, exitCodes, UsageError } from './command.ts';
import { consoleFolders } from './console-folders.ts';
import { demoGrafana } from './demo-grafana.ts';
import { readOptions, readPositionals } from './options.ts';
import { hasColours, paint } from './style.ts';

const defaultPort = 7480;
const signInToken = 'npm start';
const grafanaToken = 'npm start, Grafana';
/** Morning, when offices fill: the situations of the demonstration unfold in its first half hour. */
const startHour = '9';

export const demoCommand: Command = {
  name: 'demo',
  summary: 'run a simulated fleet with a collector: what `npm start` shows',
  usage: `evenkeel demo [--hosts N] [--vms N] [--port N] [--state DIR] [--no-influxdb] [--no-grafana]
              [--console DIR]

Starts a simulated fleet, InfluxDB where this machine has influxd, and the collector, and prints where to look. Where
grafana is on the PATH or in $GRAFANA_HOME, one is started with our provisioning; one that runs already is filled when
$GRAFANA_URL and $GRAFANA_TOKEN (of a service account that is Admin) name it. Ctrl-C stops everything.

  --hosts N      default 12
  --vms N        default 150
  --port N       where the console and the API are (default ${defaultPort})
  --state DIR    where everything is kept (default var/)
  --no-influxdb  keep history in memory only
  --no-grafana   the console alone
  --console DIR  serve another build of the console than the one that comes along
  --json         print where to look as JSON`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      hosts: { type: 'string', default: '12' },
      vms: { type: 'string', default: '150' },
      port: { type: 'string', default: String(defaultPort) },
      state: { type: 'string', default: 'var' },
      'no-influxdb': { type: 'boolean' },
      'no-grafana': { type: 'boolean' },
      console: { type: 'string', default: consoleFolders.host },
    });
    readPositionals(positionals, []);
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw new UsageError('--port must be 0 to 65535');
    const state = path.resolve(io.cwd, values.state);
    mkdirSync(state, { recursive: true, mode: 0o700 });
    // Before anything is started: a taken port is the one thing that often goes wrong.
    await mustBeFree(port);

    const stops: (() => unknown)[] = [];
    try {
      // Side by side: each takes a second or so to come up. What came up is stopped even if the other did not.
      const startInfluxd = async (): Promise<PrivateInfluxd | null> => {
        if (values['no-influxdb']) return null;
        const started = await PrivateInfluxd.start({ directory: path.join(state, 'influxdb') });
        if (started) stops.push(() => started.stop());
        return started;
      };
      const startSimulation = async (): Promise<Fleet> => {
        const started = await startFleet(values);
        stops.push(() => started.stop());
        return started;
      };
      const parts = bothOrNeither(startInfluxd(), startSimulation());
      // Loaded while they come up.
      const [[influxd, fleet], { startCollector }] = await Promise.all([parts, import('../main.ts')]);
      const grafana = values['no-grafana']
        ? null
        : await demoGrafana(io.env, path.join(state, 'grafana'), await freePort());
      const file = writeConfig(state, port, fleet.hosts, influxd?.url ?? null, grafana?.url ?? null);
      const loaded = loadConfig(file, io.env);
      const log = lineLog((line) => io.stderr.write(line), io.now);
      const folders = { ...consoleFolders, host: path.resolve(io.cwd, values.console) };
      const collector = await startCollector({ loaded, log, simulated: true, console: folders });
      stops.push(() => collector.stop());
      const token = freshToken(collector.tokens, io.now(), signInToken, false);
      const where = {
        url: collector.url,
        token,
        config: file,
        control: fleet.control,
        influxdb: influxd?.url ?? null,
        graphitePort: influxd?.graphitePort ?? null,
        grafana: grafana?.url ?? null,
      };
      if (grafana) stops.push(() => grafana.stop());
      // The console is there already; Grafana takes some seconds, and without it everything else goes on.
      grafana
        ?.start({
          collectorUrl: collector.url,
          token: freshToken(collector.tokens, io.now(), grafanaToken, true),
          influxdb: where.influxdb,
        })
        .then(
          () => {
            log.info(`Grafana is at ${grafana.url}/d/evenkeel-noc (${grafana.signIn})`);
          },
          (cause: unknown) => {
            if (!io.signal.aborted) log.warn(`without Grafana: ${String(cause)}`);
          },
        );
      io.stdout.write(values.json ? JSON.stringify(where) + '\n' : whereToLook(where, values, io));
      const outcome = await Promise.race([aborted(io.signal), fleet.ended]);
      if (outcome !== undefined) throw new Error(outcome);
      return exitCodes.ok;
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  },
};

type Fleet = {
  readonly control: string;
  readonly hosts: readonly unknown[];
  readonly ended: Promise<string>;
  readonly stop: () => Promise<void>;
};

/** In a process of its own, so that what the collector costs is the collector's. */
async function startFleet(values: { readonly hosts: string; readonly vms: string }): Promise<Fleet> {
  const child = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('./run.ts', import.meta.url)),
      'fleet',
      ...['--hosts', values.hosts, '--vms', values.vms, '--hour', startHour, '--situations', '--leashed'],
    ],
    // Out of the terminal's own group: Ctrl-C comes here, and the fleet is stopped when the collector has let go.
    // However this process ends, the pipe to the fleet closes, and the fleet ends as well.
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'exit').then(
    ([code]) => `the simulated fleet ended (${String(code)}): ${errors.trim().split('\n', 1)[0] ?? ''}`,
  );
  const firstLine = once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line));
  const said = await Promise.race([firstLine, ended.then((why) => Promise.reject(new Error(why)))]);
  const { control, hosts } = JSON.parse(said) as Pick<Fleet, 'control' | 'hosts'>;
  return { control, hosts, ended, stop: () => stopChild(child) };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function writeConfig(
  state: string,
  port: number,
  hosts: readonly unknown[],
  influxdb: string | null,
  grafana: string | null,
): string {
  const file = path.join(state, 'evenkeel.yaml');
  const config = {
    fleet: { name: 'demo', hosts },
    polling: {
      intervalSeconds: 5,
      deadlineSeconds: 4,
      dirtyRate: { everyMinutes: 3 },
      sharedStorage: ['/shared/'],
    },
    ...(influxdb === null ? {} : { influxdb: { url: influxdb } }),
    spool: { directory: path.join(state, 'spool'), maximumMebibytes: 256 },
    api: { port, ...(grafana === null ? {} : { grafana: { url: grafana } }) },
    journal: { file: path.join(state, 'journal.sqlite') },
  };
  writeFileSync(file, `# Written by each "npm start"; changes made here are lost.\n${stringify(config)}`);
  return file;
}

/** Only hashes of tokens are kept, so each start makes a new one in place of the last. */
function freshToken(tokens: TokenFile, now: number, whose: string, forGrafana: boolean): string {
  for (const { id, name } of tokens.list()) if (name === whose) tokens.remove(id);
  const { text, record } = createToken({
    name: whose,
    role: 'admin',
    createdAt: now,
    expiresAt: null,
    forGrafana,
  });
  tokens.add(record);
  return text;
}

function whereToLook(
  where: {
    readonly url: string;
    readonly token: string;
    readonly influxdb: string | null;
    readonly control: string;
  },
  values: { readonly hosts: string; readonly vms: string },
  io: CommandIo,
): string {
  const colours = hasColours(io.stdout, io.env);
  const strong = (text: string): string => paint(text, 'bold', colours);
  return [
    '',
    `  Evenkeel runs on a simulated fleet of ${values.hosts} hosts and about ${values.vms} VMs.`,
    '',
    `  Look here   ${strong(`${where.url}/#token=${where.token}`)}`,
    `  API         ${where.url}/api/v1/summary   (described at /api/v1/openapi.json)`,
    `  Token       ${where.token}`,
    `  History     ${where.influxdb === null ? 'in memory only; install influxd to keep it' : `InfluxDB at ${where.influxdb}`}`,
    `  Orders      ${where.control}   (make a host hang, a VM busy: docs/operating.md)`,
    '',
    '  Ctrl-C stops everything.',
    '',
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function mustBeFree(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new Error(
      `port ${port} is taken; stop what listens there, or choose another: npm start -- --port ${port + 1}`,
      { cause },
    );
  }
  server.close();
  await once(server, 'close');
}

/** Waits for both even if one fails, so that nothing comes up when nobody would stop it any more. */
async function bothOrNeither<A, B>(one: Promise<A>, two: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, two]);
  return Promise.all([one, two]);
}
