import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const run = fileURLToPath(new URL('../../src/cli/run.ts', import.meta.url));

type Where = {
  readonly url: string;
  readonly token: string;
  readonly control: string;
  readonly config: string;
};

function stateDirectory(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-demo-'));
  t.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

function evenkeel(t: TestContext, ...args: string[]): ChildProcess & { readonly errors: () => string } {
  const child = spawn(process.execPath, [run, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  t.after(() => child.kill('SIGKILL'));
  return Object.assign(child, { errors: () => errors });
}

const firstLine = async (child: ChildProcess): Promise<string> => {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return line;
};

async function ask<T>({ url, token }: Where, address: string, body?: object): Promise<T> {
  const answer = await fetch(`${url}/api/v1${address}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  assert.ok(answer.ok, `${address}: ${answer.status} ${await answer.clone().text()}`);
  return (await answer.json()) as T;
}

/** Waits for what the collector tells, not for time: every event is a reason to look again. */
async function until<T>(where: Where, look: () => Promise<T | null>): Promise<T> {
  const stop = new AbortController();
  const events = await fetch(`${where.url}/api/v1/events?topics=snapshot,migration`, {
    headers: { authorization: `Bearer ${where.token}` },
    signal: stop.signal,
  });
  try {
    const reader = events.body!.getReader();
    while (!(await reader.read()).done) {
      const found = await look();
      if (found !== null) return found;
    }
  } finally {
    stop.abort();
  }
  throw new Error('the event stream ended');
}

test('npm start: a fleet, a collector, a way in, a move, and an end', { timeout: 300_000 }, async (t) => {
  const state = stateDirectory(t);
  const options = ['--hosts', '3', '--vms', '12', '--state', state, '--no-influxdb', '--json'];
  const child = evenkeel(t, 'demo', '--port', '0', ...options);
  const where = JSON.parse(await firstLine(child)) as Where;
  type Hosts = { items: { name: string; freshness: string }[] };
  const hosts = await until(where, async () => {
    const ready = await fetch(`${where.url}/readyz`);
    if (!ready.ok) return null;
    const { items } = await ask<Hosts>(where, '/hosts');
    const { vms } = await ask<{ vms: { classes: { unknown: number } } }>(where, '/summary');
    return vms.classes.unknown === 0 && items.every(({ freshness }) => freshness === 'fresh') ? items : null;
  });
  assert.deepEqual(
    hosts.map(({ name }) => name),
    ['host-01', 'host-02', 'host-03'],
  );

  type Vms = { items: { uuid: string; host: string }[] };
  const [vm] = (await ask<Vms>(where, '/vms?host=host-01&limit=1')).items;
  const { id } = await ask<{ id: string }>(where, '/migrations', {
    uuid: vm!.uuid,
    to: 'host-02',
    from: vm!.host,
  });
  const moved = await until(where, async () => {
    const migration = await ask<{ stage: string; error: unknown; fact: unknown }>(where, `/migrations/${id}`);
    return ['done', 'failed', 'aborted'].includes(migration.stage) ? migration : null;
  });
  assert.equal(moved.stage, 'done', JSON.stringify(moved.error));
  assert.ok(moved.fact);
  const there = await until(where, async () => {
    const { host } = await ask<{ host: string }>(where, `/vms/${vm!.uuid}`);
    return host === 'host-02' ? host : null;
  });
  assert.equal(there, 'host-02');

  const second = evenkeel(
    t,
    'demo',
    '--port',
    new URL(where.url).port,
    ...options.with(5, stateDirectory(t)),
  );
  assert.deepEqual(await once(second, 'exit'), [1, null]);
  assert.match(second.errors(), /^evenkeel: port \d+ is taken; stop what listens there, or choose another/);

  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [0, null], child.errors());
  await assert.rejects(fetch(where.control), 'the simulated fleet has ended too');
});

test(
  'evenkeel serve says what is wrong with its configuration or its port',
  { timeout: 120_000 },
  async (t) => {
    const missing = evenkeel(t, 'serve', '--config', '/nowhere/evenkeel.yaml');
    assert.deepEqual(await once(missing, 'exit'), [1, null]);
    assert.match(missing.errors(), /^evenkeel: .*\/nowhere\/evenkeel\.yaml/);
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    t.after(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    const demo = evenkeel(t, 'demo', '--port', String(port), '--state', stateDirectory(t));
    assert.deepEqual(await once(demo, 'exit'), [1, null]);
    assert.match(demo.errors(), new RegExp(`port ${port} is taken.*npm start -- --port ${port + 1}`));
  },
);
