import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { demoGrafana } from '../../src/cli/demo-grafana.ts';
import { findGrafana, PrivateGrafana } from '../../src/cli/private-grafana.ts';

const root = path.join(import.meta.dirname, '../../..');
const parts = {
  collectorUrl: 'http://127.0.0.1:7480',
  token: 'ek_secret',
  influxdb: 'http://127.0.0.1:8086',
};

function scratch(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-grafana-'));
  t.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

/** A program that is started as Grafana is: it answers for its health and notes what it was given. */
function installation(t: TestContext): string {
  const home = scratch(t);
  mkdirSync(path.join(home, 'bin'));
  mkdirSync(path.join(home, 'conf'));
  writeFileSync(path.join(home, 'conf/defaults.ini'), '');
  const binary = path.join(home, 'bin/grafana');
  const program = [
    `#!${process.execPath}`,
    `require('fs').writeFileSync(${JSON.stringify(path.join(home, 'given'))}, JSON.stringify({ args: process.argv.slice(2), env: process.env }));`,
    `require('http').createServer((_, answer) => answer.end('{}')).listen(process.env.GF_SERVER_HTTP_PORT, process.env.GF_SERVER_HTTP_ADDR);`,
  ];
  writeFileSync(binary, program.join('\n'));
  chmodSync(binary, 0o755);
  return home;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('Grafana is found in GRAFANA_HOME or on the PATH, and its absence is no trouble', async (t) => {
  const home = installation(t);
  const bin = path.join(home, 'bin');
  assert.equal(findGrafana({ PATH: scratch(t) }), null);
  assert.equal(await demoGrafana({ PATH: scratch(t) }, scratch(t), 1), null);
  assert.deepEqual(findGrafana({ GRAFANA_HOME: home }), { binary: path.join(bin, 'grafana'), home });
  assert.deepEqual(findGrafana({ PATH: `${scratch(t)}:${bin}` }), {
    binary: path.join(bin, 'grafana'),
    home,
  });
  assert.throws(() => findGrafana({ GRAFANA_HOME: scratch(t) }), /GRAFANA_HOME is .* but there is no/);
});

test(
  'it is started with every variable that our provisioning reads, keeps its password, and ends',
  { timeout: 60_000 },
  async (t) => {
    const home = installation(t);
    const directory = path.join(scratch(t), 'grafana');
    const plugin = scratch(t);
    const unbuilt = new PrivateGrafana(findGrafana({ GRAFANA_HOME: home })!, directory, 1, plugin);
    await assert.rejects(unbuilt.start(parts), /the app is not built/);
    writeFileSync(path.join(plugin, 'plugin.json'), '{}');
    const installed = findGrafana({ GRAFANA_HOME: home })!;
    const grafana = new PrivateGrafana(installed, directory, await freePort(), plugin);
    t.after(() => grafana.stop());
    await grafana.start(parts);
    const { args, env } = JSON.parse(readFileSync(path.join(home, 'given'), 'utf8')) as {
      args: string[];
      env: Record<string, string>;
    };
    assert.deepEqual(args, ['server', '--homepath', home]);
    const files = globSync('provisioning/grafana/{alerting,dashboards,datasources,plugins}/*.yaml', {
      cwd: root,
    });
    assert.ok(files.length > 5);
    for (const file of files.filter((name) => !name.endsWith('rules.yaml')))
      for (const [, name = ''] of readFileSync(path.join(root, file), 'utf8').matchAll(/(?<!\$)\$([A-Z_]+)/g))
        assert.ok(name in env, `${file} reads ${name}`);
    assert.equal(env.EVENKEEL_COLLECTOR_TOKEN, parts.token);
    assert.equal(env.GF_AUTH_ANONYMOUS_ENABLED, 'false');
    assert.equal(env.GF_SECURITY_ADMIN_PASSWORD, readFileSync(grafana.passwordFile, 'utf8'));
    await grafana.stop();
    await assert.rejects(fetch(grafana.url), 'it has ended');

    const again = new PrivateGrafana(installed, directory, await freePort(), plugin);
    t.after(() => again.stop());
    await again.start(parts);
    const second = JSON.parse(readFileSync(path.join(home, 'given'), 'utf8')) as {
      env: Record<string, string>;
    };
    assert.equal(second.env.GF_SECURITY_ADMIN_PASSWORD, env.GF_SECURITY_ADMIN_PASSWORD);
    await again.stop();
  },
);

test('one that runs already is filled by its HTTP API, and filling it twice makes nothing twice', async (t) => {
  const asked: string[] = [];
  const known = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      const body = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
        uid?: string;
        dashboard?: { uid: string };
      };
      asked.push(`${method} ${url} ${body.dashboard?.uid ?? body.uid ?? ''}`.trim());
      const isLookUp = method === 'GET';
      if (!isLookUp && body.uid !== undefined) known.add(body.uid);
      const isAllowed = request.headers.authorization === 'Bearer glsa_x';
      const isThere = !isLookUp || known.has(url.split('/').at(-1)!);
      response.writeHead(isAllowed ? (isThere ? 200 : 404) : 401).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const fill = async (token: string): Promise<string[]> => {
    asked.length = 0;
    const grafana = await demoGrafana({ GRAFANA_URL: url, GRAFANA_TOKEN: token }, scratch(t), 1);
    await grafana!.start(parts);
    return [...asked];
  };
  const first = await fill('glsa_x');
  const boards = first.filter((line) => line.startsWith('POST /api/dashboards/db evenkeel-'));
  assert.ok(boards.length >= 6);
  for (const line of [
    'POST /api/datasources evenkeel-influxdb',
    'POST /api/plugins/evenkeel-fleet-app/settings',
    'POST /api/folders evenkeel',
  ])
    assert.ok(first.includes(line), line);
  const second = await fill('glsa_x');
  assert.ok(second.includes('PUT /api/datasources/uid/evenkeel-influxdb evenkeel-influxdb'));
  assert.ok(
    !second.some((line) => line.startsWith('POST /api/datasources') || line.startsWith('POST /api/folders')),
  );
  await assert.rejects(fill('wrong'), /answered 401 to POST \/api\/datasources/);
});
