import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createToken } from '../../src/api/token.ts';
import { TokenFile } from '../../src/api/token-file.ts';
import type { Finding } from '../../src/fleet/finding.ts';
import { planFleet } from '../../src/simulate/fleet-plan.ts';
import { createSimClock } from '../../src/simulate/sim-clock.ts';
import { SimulatedFleet } from '../../src/simulate/simulated-fleet.ts';

const run = fileURLToPath(new URL('../../src/cli/run.ts', import.meta.url));

type Serving = {
  readonly child: ChildProcess;
  readonly url: string;
  /** Resolved by the first line on stderr, past or to come, that fits. */
  readonly said: (pattern: RegExp) => Promise<string>;
};

async function serve(t: TestContext, config: string): Promise<Serving> {
  const child = spawn(process.execPath, [run, 'serve', '--config', config, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  let heard = (): void => undefined;
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    heard();
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    child,
    url: (JSON.parse(line) as { url: string }).url,
    said: async (pattern) => {
      for (;;) {
        const found = lines.find((one) => pattern.test(one));
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (heard = resolve));
      }
    },
  };
}

/** Speaks to the API over TLS, and trusts nobody but the one authority. */
function client(url: string, ca: Buffer, token: string) {
  const get = async (address: string): Promise<IncomingMessage> => {
    const headers = { authorization: `Bearer ${token}` };
    const [response] = (await once(https.get(`${url}${address}`, { ca, headers }), 'response')) as [
      IncomingMessage,
    ];
    return response;
  };
  const open = async (address: string): Promise<IncomingMessage> => {
    const response = await get(`/api/v1${address}`);
    assert.equal(response.statusCode, 200, address);
    return response;
  };
  const isReady = async (): Promise<true | null> => {
    const response = await get('/readyz');
    response.resume();
    return response.statusCode === 200 ? true : null;
  };
  const ask = async <T>(address: string): Promise<T> => {
    let text = '';
    for await (const chunk of (await open(address)).setEncoding('utf8')) text += String(chunk);
    return JSON.parse(text) as T;
  };
  /** Looks again with every event of the collector. */
  const until = async <T>(look: () => Promise<T | null>): Promise<T> => {
    const events = await open('/events?topics=snapshot,finding');
    for await (const chunk of events) {
      const found = String(chunk) === '' ? null : await look();
      if (found === null) continue;
      events.destroy();
      return found;
    }
    throw new Error('the event stream ended');
  };
  return { ask, until, isReady };
}

type Hosts = {
  items: { name: string; zone: string | null; freshness: string; load: { cpu: number | null } }[];
};

test(
  'evenkeel serve: TLS, a configuration that changes while it runs, and findings that outlive a restart',
  { timeout: 170_000 },
  async (t) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-serve-'));
    t.after(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    const inside = (name: string): string => path.join(directory, name);
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-days', '2', '-subj', '/CN=evenkeel', '-addext', 'subjectAltName=IP:127.0.0.1'],
        ...['-keyout', inside('key.pem'), '-out', inside('cert.pem')],
      ],
      { stdio: 'ignore' },
    );
    const { text: token, record } = createToken({
      name: 'test',
      role: 'viewer',
      createdAt: Date.now(),
      expiresAt: null,
      forGrafana: false,
    });
    new TokenFile(inside('tokens.json')).add(record);
    const simulated = await SimulatedFleet.start(planFleet({ hosts: 3, vms: 9, seed: 2 }), {
      clock: createSimClock(Date.now),
    });
    t.after(() => {
      simulated.stop();
    });
    const uris = [...simulated.uris()];
    const [one, two, three] = uris.map(([name]) => name) as [string, string, string];
    const config = inside('evenkeel.yaml');
    const write = (hosts: readonly string[], more = ''): void => {
      const listed = uris
        .filter(([name]) => hosts.includes(name))
        .map(([name, uri]) => `    - {name: ${name}, uri: '${uri}'${name === one ? more : ''}}\n`);
      const text = [
        `fleet:\n  name: served\n  hosts:\n${listed.join('')}`,
        'polling: {intervalSeconds: 2, deadlineSeconds: 2, dirtyRate: {enabled: false}}\n',
        'policy: {staleSeconds: 6}\n',
        'api: {port: 0, tls: {certificateFile: cert.pem, keyFile: key.pem}}\n',
        'spool: {directory: spool}\njournal: {file: journal.sqlite}\n',
      ];
      writeFileSync(inside('next.yaml'), text.join(''));
      renameSync(inside('next.yaml'), config);
    };

    write([one, two]);
    const first = await serve(t, config);
    assert.match(first.url, /^https:/);
    const { ask, until, isReady } = client(first.url, readFileSync(inside('cert.pem')), token);
    await assert.rejects(fetch(first.url.replace('https', 'http')), 'nobody gets in without TLS');
    await assert.rejects(fetch(first.url), 'nor by a certificate that is not trusted');
    const known = async (names: readonly string[]): Promise<Hosts['items'] | null> => {
      const { items } = await ask<Hosts>('/hosts');
      const all = items.length === names.length && items.every(({ name }) => names.includes(name));
      return all && items.every(({ freshness, load }) => freshness === 'fresh' && load.cpu !== null)
        ? items
        : null;
    };
    await until(isReady);
    await until(() => known([one, two]));

    // A host is added by a change of the file alone.
    const connected = (host: string): number => simulated.server(host).accepted;
    const connections = connected(one);
    write([one, two, three]);
    await until(() => known([one, two, three]));

    // A broken file is refused by line, and changes nothing.
    writeFileSync(config, 'fleet:\n  name: served\n  hosts:\n    - {name: x, url: nowhere}\n');
    assert.match(await first.said(/not in force/), /evenkeel\.yaml:4: /);
    await until(() => known([one, two, three]));

    // One host goes, another one's facts change, on SIGHUP.
    write([one, three], ', zone: attic');
    first.child.kill('SIGHUP');
    const changed = await until(() => known([one, three]));
    assert.equal(changed.find(({ name }) => name === one)!.zone, 'attic');
    assert.equal(connected(one), connections, 'on the connection that it had, all the while');

    // What was found, and ended, is still told after a restart.
    const stale = ({ items }: { items: Finding[] }): Finding | null =>
      items.find(
        ({ kind, subject }) => kind === 'stale' && subject.type === 'host' && subject.id === three,
      ) ?? null;
    simulated.server(three).die();
    await until(async () => stale(await ask('/findings')));
    await simulated.server(three).revive();
    const ended = await until(async () => stale(await ask('/findings?past=true')));
    first.child.kill('SIGTERM');
    assert.deepEqual(await once(first.child, 'exit'), [0, null]);
    const second = await serve(t, config);
    const again = client(second.url, readFileSync(inside('cert.pem')), token);
    const told = await again.ask<{ items: Finding[] }>('/findings?past=true');
    assert.deepEqual(
      told.items.find(({ id }) => id === ended.id),
      ended,
    );
    second.child.kill('SIGTERM');
    assert.deepEqual(await once(second.child, 'exit'), [0, null]);
  },
);
