import { resolveSelectors, versionedComponents } from '@grafana/e2e-selectors';
import {
  chromium,
  type APIResponse,
  type Browser,
  type BrowserContext,
  type ConsoleMessage,
  type Page,
} from '@playwright/test';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

export type Home = {
  readonly url: string;
  readonly browser: Browser;
  /** Bearer token of an admin; empty in a Grafana, where nobody holds one. */
  readonly token: string;
  /** Where the simulated fleet takes orders. */
  readonly control: string;
  readonly state: string;
  /** Grafana's own names for parts of its pages, as this version has them: those that `@grafana/plugin-e2e` uses. */
  readonly selectors: ReturnType<typeof resolveSelectors<typeof versionedComponents>>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Whose packages the console is built on: Grafana 12.4 with React 18, or Grafana 13.2 with React 19. */
export type ConsoleHost = 'console' | 'console-grafana-13';

type Where = { url: string; token: string; control: string };

const grafanaVersions = { console: '12.4.10', 'console-grafana-13': '13.2.2' };

const root = path.join(import.meta.dirname, '../..');
const evenkeel = path.join(root, 'collector/src/cli/run.ts');

/**
 * The pages' home for a test: the console of a real collector on a simulated fleet, or, where GRAFANA_URL says so, a
 * Grafana that has the app. The same specs run in both.
 */
export async function openHome({
  hosts = 6,
  vms = 40,
  host = 'console',
}: { hosts?: number; vms?: number; host?: ConsoleHost } = {}): Promise<Home> {
  const grafana = process.env.GRAFANA_URL;
  if (grafana !== undefined) {
    const { version } = (await (await fetch(`${grafana}/api/health`)).json()) as { version?: string };
    const browser = await launch();
    return {
      url: grafana,
      browser,
      token: '',
      control: '',
      state: '',
      selectors: resolveSelectors(versionedComponents, version),
      [Symbol.asyncDispose]: () => browser.close(),
    };
  }
  const state = mkdtempSync(path.join(tmpdir(), 'evenkeel-console-'));
  const { child, where } = await startDemo(state, [
    ...['--hosts', String(hosts), '--vms', String(vms)],
    ...['--console', path.join(root, host, 'dist')],
  ]);
  const close = async (): Promise<void> => {
    await stop(child);
    rmSync(state, { recursive: true, force: true });
  };
  try {
    await firstSnapshot(where);
    const browser = await launch();
    return {
      ...where,
      browser,
      state,
      selectors: resolveSelectors(versionedComponents, grafanaVersions[host]),
      [Symbol.asyncDispose]: async () => {
        await browser.close();
        await close();
      },
    };
  } catch (error) {
    // What still runs would keep the test file from ending.
    await close();
    throw error;
  }
}

const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // As root Chromium has no sandbox of its own; it shows only pages of this machine.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ],
  });

async function startDemo(state: string, args: string[]): Promise<{ child: ChildProcess; where: Where }> {
  const child = spawn(
    process.execPath,
    [evenkeel, 'demo', '--port', '0', '--state', state, '--no-influxdb', '--json', ...args],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the collector ended: ${errors}`)));
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text));
  const where = JSON.parse(await Promise.race([line, ended])) as Where;
  ended.catch(() => undefined);
  return { child, where };
}

/** Before the first snapshot every page rightly says that there is nothing yet. */
async function firstSnapshot({ url, token }: Where): Promise<void> {
  const response = await fetch(`${url}/api/v1/events?topics=snapshot`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(60_000),
  });
  if (response.body === null) throw new Error('the collector sends no events');
  const text = new TextDecoder();
  for await (const chunk of response.body) {
    if (text.decode(chunk).includes('event: snapshot')) return;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  await gone;
}

type SignedIn = { context: BrowserContext; page: Page; errors: string[] };

/** A signed-in page; `errors` collects what the browser complained about. */
export async function signIn(
  home: Home,
  {
    token = home.token,
    user = process.env.GRAFANA_USER ?? 'admin',
    password = process.env.GRAFANA_PASSWORD ?? 'admin',
    colorScheme = 'dark',
  }: { token?: string; user?: string; password?: string; colorScheme?: 'dark' | 'light' } = {},
): Promise<SignedIn> {
  const context = await home.browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isOfGrafana(message)) errors.push(message.text());
  });
  if (process.env.GRAFANA_URL === undefined) {
    await page.goto(`${home.url}/#token=${token}`);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  } else {
    const login = await page.request.post(`${home.url}/login`, { data: { user, password } });
    if (!login.ok()) throw new Error(`signing in as ${user}: HTTP ${String(login.status())}`);
  }
  return { context, page, errors };
}

/** What a Grafana asks for itself may fail there: a public dashboard that nobody made, a data source that is not up. */
const isOfGrafana = (message: ConsoleMessage): boolean =>
  process.env.GRAFANA_URL !== undefined &&
  message.text().startsWith('Failed to load resource') &&
  !message.location().url.includes('evenkeel-fleet-app');

const grafanaRoles = { viewer: 'Viewer', operator: 'Editor', admin: 'Admin' };

/** Somebody new, named `ROLE-in-a-test`: a token of the collector's, or a user of that Grafana. */
export async function signInAs(home: Home, role: keyof typeof grafanaRoles): Promise<SignedIn> {
  const name = `${role}-in-a-test`;
  if (process.env.GRAFANA_URL === undefined) return signIn(home, { token: await tokenFor(home, role) });
  const password = randomUUID();
  const { context, page } = await signIn(home);
  const found = await page.request.get(`${home.url}/api/users/lookup?loginOrEmail=${name}`);
  if (found.ok()) {
    const { id } = (await found.json()) as { id: number };
    await page.request.delete(`${home.url}/api/admin/users/${String(id)}`);
  }
  const made = await page.request.post(`${home.url}/api/admin/users`, {
    data: { name, login: name, password },
  });
  if (!made.ok()) throw new Error(`a user of Grafana: HTTP ${String(made.status())} ${await made.text()}`);
  const { id } = (await made.json()) as { id: number };
  await page.request.patch(`${home.url}/api/org/users/${String(id)}`, {
    data: { role: grafanaRoles[role] },
  });
  await context.close();
  return signIn(home, { user: name, password });
}

/** A token of that role, made by the command; only where there is a collector of the test's own. */
export async function tokenFor(home: Home, role: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    evenkeel,
    ...['token', 'create', `${role}-in-a-test`, '--role', role, '--json'],
    ...['--config', path.join(home.state, 'evenkeel.yaml')],
  ]);
  return (JSON.parse(stdout) as { token: string }).token;
}

export const appUrl = (home: Home, page: string): string => `${home.url}/a/evenkeel-fleet-app/${page}`;

/** A panel alone: on the console's own page for it, in a Grafana on a dashboard made for it. */
export async function openPanel(page: Page, home: Home, type: string, title: string): Promise<void> {
  if (process.env.GRAFANA_URL === undefined) {
    await page.goto(`${home.url}/panels/${type}`);
    return;
  }
  const panel = { id: 1, type, title, gridPos: { x: 0, y: 0, w: 24, h: 18 } };
  const dashboard = { uid: `test-${type}`, title: `Test: ${title}`, panels: [panel], schemaVersion: 41 };
  const made = await page.request.post(`${home.url}/api/dashboards/db`, {
    data: { dashboard, overwrite: true },
  });
  if (!made.ok()) throw new Error(`the dashboard: HTTP ${String(made.status())} ${await made.text()}`);
  await page.goto(`${home.url}/d/${dashboard.uid}`);
}

export async function readApi<T>(page: Page, home: Home, address: string): Promise<T> {
  const response = await page.request.get(`${home.url}/api/plugin-proxy/evenkeel-fleet-app/${address}`);
  if (!response.ok()) throw new Error(`${address}: HTTP ${String(response.status())}`);
  return (await response.json()) as T;
}

/** A change past the page's own buttons, with what a page would send along. */
export async function postApi(page: Page, home: Home, address: string, data: object): Promise<APIResponse> {
  const { csrf } = await readApi<{ csrf: string | null }>(page, home, 'me');
  return page.request.post(`${home.url}/api/plugin-proxy/evenkeel-fleet-app/${address}`, {
    data,
    headers: { 'idempotency-key': randomUUID(), ...(csrf === null ? {} : { 'x-evenkeel-csrf': csrf }) },
  });
}
