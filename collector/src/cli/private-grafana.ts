import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { DemoGrafana, GrafanaParts } from './demo-grafana.ts';
import { consoleFolders } from './console-folders.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Installed = { readonly binary: string; readonly home: string };

const projectFolder = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const patienceMs = 180_000;
const appId = 'evenkeel-fleet-app';

/** The Grafana of this machine: in GRAFANA_HOME, or on the PATH; null when there is none. */
export function findGrafana(env: Environment): Installed | null {
  const home = env.GRAFANA_HOME;
  const folders = home ? [path.join(home, 'bin')] : (env.PATH ?? '').split(path.delimiter);
  for (const folder of folders) {
    const binary = path.join(folder, 'grafana');
    try {
      accessSync(binary, constants.X_OK);
    } catch {
      continue;
    }
    // Packages keep the program and its files apart.
    const beside = path.dirname(path.dirname(realpathSync(binary)));
    const places = home ? [home] : [beside, '/usr/share/grafana'];
    const found = places.find((place) => existsSync(path.join(place, 'conf/defaults.ini')));
    if (found !== undefined) return { binary, home: found };
  }
  if (home)
    throw new Error(`GRAFANA_HOME is ${home}, but there is no bin/grafana with conf/defaults.ini in it`);
  return null;
}

/** A Grafana of our own on loopback, with our provisioning and all it keeps in one directory. */
export class PrivateGrafana implements DemoGrafana {
  readonly url: string;
  readonly passwordFile: string;
  readonly #installed: Installed;
  readonly #directory: string;
  readonly #plugin: string;
  #child: ChildProcess | null = null;

  /** `plugin`: the folder of the built app. */
  constructor(installed: Installed, directory: string, port: number, plugin = consoleFolders.plugin) {
    this.#plugin = plugin;
    this.#installed = installed;
    this.#directory = directory;
    this.url = `http://127.0.0.1:${port}`;
    this.passwordFile = path.join(directory, 'admin-password');
  }

  get signIn(): string {
    return `user admin, password in ${this.passwordFile}`;
  }

  async start(parts: GrafanaParts): Promise<void> {
    const { binary, home } = this.#installed;
    if (!existsSync(path.join(this.#plugin, 'plugin.json')))
      throw new Error('the app is not built; npm run build -w evenkeel-fleet-app makes it');
    const plugins = path.join(this.#directory, 'plugins');
    mkdirSync(plugins, { recursive: true, mode: 0o700 });
    const plugin = path.join(plugins, appId);
    rmSync(plugin, { force: true });
    symlinkSync(this.#plugin, plugin);
    const log = openSync(this.#logFile, 'a', 0o600);
    const child = spawn(binary, ['server', '--homepath', home], {
      cwd: home,
      env: { ...process.env, ...this.#environment(plugins, parts) },
      // Ctrl-C in a terminal reaches the whole group; Grafana is stopped before what it reads.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    for (let waited = 0; waited < patienceMs; waited += 200) {
      if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) break;
      if (await isHealthy(this.url)) return;
      await pause(200);
    }
    await this.stop();
    throw new Error(`Grafana did not start; see ${this.#logFile}`, { cause: failure });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  get #logFile(): string {
    return path.join(this.#directory, 'grafana.log');
  }

  #environment(plugins: string, { collectorUrl, token, influxdb }: GrafanaParts): NodeJS.ProcessEnv {
    const { hostname, port } = new URL(this.url);
    return {
      GF_PATHS_DATA: path.join(this.#directory, 'data'),
      GF_PATHS_LOGS: path.join(this.#directory, 'logs'),
      GF_PATHS_PLUGINS: plugins,
      GF_PATHS_PROVISIONING: projectFolder('provisioning/grafana'),
      GF_SERVER_HTTP_ADDR: hostname,
      GF_SERVER_HTTP_PORT: port,
      GF_SERVER_ROOT_URL: `${this.url}/`,
      GF_SECURITY_ADMIN_PASSWORD: this.#password(),
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: `${appId},evenkeel-fleetmap-panel,evenkeel-migrate-panel`,
      GF_PLUGINS_PREINSTALL_DISABLED: 'true',
      GF_FEATURE_TOGGLES_ENABLE: 'idForwarding',
      GF_DATAPROXY_SEND_USER_HEADER: 'true',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      EVENKEEL_COLLECTOR_URL: collectorUrl,
      EVENKEEL_COLLECTOR_TOKEN: token,
      EVENKEEL_INFLUXDB_URL: influxdb ?? 'http://127.0.0.1:8086',
      EVENKEEL_INFLUXDB_DATABASE: 'evenkeel',
      EVENKEEL_INFLUXDB_READER: '',
      EVENKEEL_INFLUXDB_READER_PASSWORD: '',
      EVENKEEL_DASHBOARDS: projectFolder('dashboards/json'),
      EVENKEEL_ALERT_EMAIL: process.env.EVENKEEL_ALERT_EMAIL ?? 'noc@localhost',
      EVENKEEL_ALERT_WEBHOOK: process.env.EVENKEEL_ALERT_WEBHOOK ?? 'http://127.0.0.1:9/',
    };
  }

  /** Made once: Grafana takes it at its first start only. */
  #password(): string {
    if (!existsSync(this.passwordFile))
      writeFileSync(this.passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
    return readFileSync(this.passwordFile, 'utf8').trim();
  }
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}
