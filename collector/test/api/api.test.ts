import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Problem } from '../../src/api/problem.ts';
import { apiFixture, finding, startedAt } from './api-fixture.ts';
import { fixtureSnapshot } from './fixture-snapshot.ts';

type Document = {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: TSchema }> }> }>
  >;
  components: object;
};
const document = JSON.parse(
  await readFile(new URL('../../openapi.json', import.meta.url), 'utf8'),
) as Document;

/** The published schema of an answer, with all that it refers to. */
function schemaOf(path: string, method: string, status: number): TSchema | null {
  const response = document.paths[path]?.[method]?.responses[status];
  const schema = response?.content?.['application/json']?.schema;
  return schema ? inlined(schema) : null;
}

const inlined = (schema: unknown): TSchema =>
  JSON.parse(JSON.stringify(schema), (_key, value: unknown) => {
    const reference =
      typeof value === 'object' && value !== null && '$ref' in value ? String(value.$ref) : null;
    if (reference === null) return value;
    const name = reference.split('/').at(-1)!;
    return inlined((document.components as { schemas: Record<string, unknown> }).schemas[name]);
  }) as TSchema;

const uuid = '00000000-0000-4000-a000-000000000000';
const move = { uuid, to: 'host-1' };

const answers: readonly (readonly ['GET' | 'POST' | 'PUT', string, string, object?, number?])[] = [
  ['GET', '/healthz', '/healthz'],
  ['GET', '/readyz', '/readyz'],
  ['GET', '/api/v1/summary', '/api/v1/summary'],
  ['GET', '/api/v1/hosts', '/api/v1/hosts'],
  ['GET', '/api/v1/hosts/{name}', '/api/v1/hosts/host-1'],
  ['GET', '/api/v1/hosts/{name}/history', '/api/v1/hosts/host-1/history'],
  ['GET', '/api/v1/vms', '/api/v1/vms'],
  ['GET', '/api/v1/vms', '/api/v1/vms?format=compact&limit=50000'],
  ['GET', '/api/v1/vms/{uuid}', `/api/v1/vms/${uuid}`],
  ['GET', '/api/v1/vms/{uuid}/history', `/api/v1/vms/${uuid}/history?stepSeconds=60`],
  ['GET', '/api/v1/vms/{uuid}/targets', `/api/v1/vms/${uuid}/targets`],
  ['GET', '/api/v1/findings', '/api/v1/findings'],
  ['GET', '/api/v1/findings', '/api/v1/findings?past=true'],
  ['GET', '/api/v1/forecasts/{type}/{id}', '/api/v1/forecasts/host/host-1'],
  ['GET', '/api/v1/forecasts/{type}/{id}', `/api/v1/forecasts/vm/${uuid}?minutes=30`],
  ['GET', '/api/v1/class-changes', '/api/v1/class-changes'],
  ['GET', '/api/v1/recommendations', '/api/v1/recommendations'],
  ['GET', '/api/v1/migrations', '/api/v1/migrations'],
  ['GET', '/api/v1/migrations/{id}', '/api/v1/migrations/m-1'],
  ['POST', '/api/v1/migrations/preflight', '/api/v1/migrations/preflight', move],
  ['POST', '/api/v1/migrations', '/api/v1/migrations', move, 202],
  ['POST', '/api/v1/migrations/{id}/abort', '/api/v1/migrations/m-1/abort', {}, 202],
  ['POST', '/api/v1/migrations/{id}/tune', '/api/v1/migrations/m-1/tune', { downtimeMs: 500 }, 202],
  ['GET', '/api/v1/forecast-record', '/api/v1/forecast-record'],
  ['GET', '/api/v1/drains', '/api/v1/drains'],
  ['GET', '/api/v1/drains/{id}', '/api/v1/drains/d-1'],
  ['POST', '/api/v1/drains/preview', '/api/v1/drains/preview', { host: 'host-0' }],
  ['POST', '/api/v1/drains', '/api/v1/drains', { recommendation: 'known' }, 202],
  ['POST', '/api/v1/drains/{id}/pause', '/api/v1/drains/d-1/pause', {}, 202],
  ['GET', '/api/v1/policy', '/api/v1/policy'],
  ['PUT', '/api/v1/policy', '/api/v1/policy', { loadMin: 0.2 }],
  ['POST', '/api/v1/what-if', '/api/v1/what-if', { drain: ['host-1'], policy: { loadMin: 0.1 } }],
  [
    'POST',
    '/api/v1/what-if',
    '/api/v1/what-if',
    { add: [{ name: 'host-9', like: 'host-1' }], loadFactor: 1.3, moves: [{ uuid: 'a', to: 'host-9' }] },
  ],
  [
    'POST',
    '/api/v1/place',
    '/api/v1/place',
    { name: 'new', vcpus: 2, memoryBytes: 2 ** 31, rules: { cpuModel: 'EPYC' } },
  ],
  ['GET', '/api/v1/me', '/api/v1/me'],
  ['GET', '/api/v1/audit', '/api/v1/audit'],
];

test('every answer is what the OpenAPI document says', async (t) => {
  const { as } = await apiFixture(t);
  for (const [method, path, url, body, status = 200] of answers) {
    const answer = await as('admin', method, url, body);
    assert.equal(answer.statusCode, status, `${method} ${url}: ${answer.body}`);
    const schema = schemaOf(path, method.toLowerCase(), status);
    assert.ok(schema, `${method} ${path} has no schema for ${status}`);
    const errors = Compile(schema).Errors(answer.json());
    assert.deepEqual(errors, [], `${method} ${url}`);
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
});

test('hosts carry what is judged of them, filtered and in the order that is asked for', async (t) => {
  const { as, set } = await apiFixture(t);
  set({ findings: [finding('host-1', 'critical')] });
  const names = async (query: string) =>
    (await as('viewer', 'GET', `/api/v1/hosts?${query}`))
      .json<{ items: { name: string }[] }>()
      .items.map(({ name }) => name);
  assert.deepEqual(await names('state=hot'), ['host-1']);
  assert.deepEqual(await names('state=stale'), ['host-2']);
  assert.deepEqual(await names('zone=b'), ['host-1', 'host-2']);
  assert.deepEqual(await names('q=ST-2'), ['host-2']);
  assert.deepEqual(await names('sort=cpu&order=desc'), ['host-2', 'host-1', 'host-0']);
  // What is not known comes last, whichever way round.
  assert.deepEqual((await names('sort=pressure')).at(-1), 'host-1');
  assert.deepEqual((await names('sort=pressure&order=desc')).at(-1), 'host-1');
  assert.deepEqual(await names('limit=1&offset=1'), ['host-1']);
  const host = (await as('viewer', 'GET', '/api/v1/hosts/host-1')).json<{
    states: string[];
    forecast: unknown;
  }>();
  assert.deepEqual(host.states, ['hot']);
  assert.deepEqual(host.forecast, { minutes: 30, load: { cpu: 0.6, mem: null, net: null, disk: null } });
});

test('VMs come in pages, by class and host; the compact form holds 50,000', async (t) => {
  const { as, set } = await apiFixture(t);
  const page = async (query: string) =>
    (await as('viewer', 'GET', `/api/v1/vms?${query}`)).json<{ total: number; items: { name: string }[] }>();
  assert.equal((await page('class=high')).total, 3);
  assert.deepEqual(
    (await page('host=host-1')).items.map(({ name }) => name),
    ['vm-2', 'vm-3'],
  );
  assert.equal((await page('changing=true')).total, 1);
  assert.equal((await page('q=00000000-0000-4000-a000-000000000005')).total, 1);
  const tooMany = await as('viewer', 'GET', '/api/v1/vms?limit=5000');
  assert.equal(tooMany.statusCode, 400);

  set({ snapshot: fixtureSnapshot(startedAt, 1000, 50) });
  const compact = (await as('viewer', 'GET', '/api/v1/vms?format=compact&limit=100000')).json<{
    columns: string[];
    rows: unknown[][];
  }>();
  assert.equal(compact.rows.length, 50_000);
  const row = compact.rows.find(([id]) => id === uuid)!;
  const cell = (column: string): unknown => row[compact.columns.indexOf(column)];
  assert.equal(cell('mem'), 0.123);
  assert.equal(cell('loadClass'), 'high');
  assert.equal(cell('nextClass'), 'low');
});

test('what is wrong is said, all of it at once, and never with a stack', async (t) => {
  const { as } = await apiFixture(t);
  const problem = async (...args: Parameters<typeof as>): Promise<Problem & { type: string }> => {
    const answer = await as(...args);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/);
    assert.doesNotMatch(answer.body, /at .*\.ts:|node_modules|hunter2/);
    const body = answer.json<Problem>();
    assert.equal(body.status, answer.statusCode);
    return body;
  };
  const query = await problem('viewer', 'GET', '/api/v1/hosts?limit=0&order=up&colour=red');
  assert.equal(query.status, 400);
  assert.equal(query.errors?.length, 3, JSON.stringify(query));
  assert.match(JSON.stringify(query.errors), /must be one of asc, desc/);
  assert.match(JSON.stringify(query.errors), /\\"colour\\", which is not known here/);

  const cases: readonly [Promise<Problem>, number, RegExp][] = [
    [problem('viewer', 'GET', '/api/v1/hosts/nobody'), 404, /no host "nobody"/],
    [problem('viewer', 'GET', '/api/v1/vms/x'), 404, /no VM with the uuid "x"/],
    [problem('viewer', 'GET', '/api/v1/nothing'), 404, /openapi\.json/],
    [problem('viewer', 'GET', '/api/v1/hosts/%ff'), 400, /./],
    [problem('viewer', 'GET', '/api/v1/vms/x/history?from=2&to=1'), 404, /x/],
    [problem('viewer', 'GET', '/api/v1/hosts/host-1/history?from=2&to=1'), 400, /from must lie before/],
    [
      problem('viewer', 'GET', '/api/v1/hosts/host-1/history?from=0&stepSeconds=1'),
      400,
      /more than 5000 points/,
    ],
    [problem('viewer', 'GET', '/api/v1/events?topics=weather'), 400, /"weather"; there are snapshot/],
    [problem('operator', 'POST', '/api/v1/migrations', { uuid }), 400, /lacks "to"/],
    [problem('operator', 'POST', '/api/v1/migrations', { ...move, force: true }), 400, /"force"/],
    [
      problem('operator', 'POST', '/api/v1/migrations', move, { 'idempotency-key': 'a b' }),
      400,
      /idempotency-key/,
    ],
    [problem('admin', 'PUT', '/api/v1/policy', { loadMin: 3 }), 400, /loadMin/],
    [problem('operator', 'POST', '/api/v1/recommendations/gone/dismiss', { reason: 'no' }), 404, /no such/],
  ];
  for (const [asked, status, words] of cases) {
    const { status: was, detail } = await asked;
    assert.equal(was, status, detail);
    assert.match(detail, words);
  }
  const refused = await problem('operator', 'POST', '/api/v1/migrations', { uuid, to: 'host-2' });
  assert.equal(refused.status, 422);
  assert.deepEqual(refused.errors, [
    { where: 'memory', message: 'too little', advice: 'choose another host' },
  ]);
  const broken = await problem('operator', 'POST', '/api/v1/migrations', { ...move, reason: 'break' });
  assert.equal(broken.status, 500);
  assert.match(broken.detail, new RegExp(broken.instance!));
});

test('bodies that are too large, not JSON, or of another kind are turned away', async (t) => {
  const { app, tokens } = await apiFixture(t);
  const post = (payload: string, type = 'application/json') =>
    app.inject({
      method: 'POST',
      url: '/api/v1/what-if',
      headers: { authorization: `Bearer ${tokens.viewer}`, 'content-type': type },
      payload,
    });
  assert.equal((await post(JSON.stringify({ drain: ['x'.repeat(300_000)] }))).statusCode, 413);
  assert.equal((await post('{"drain":')).statusCode, 400);
  assert.equal((await post('drain', 'text/plain')).statusCode, 415);
  assert.equal((await post('{"__proto__":{"x":1}}')).statusCode, 400);
  assert.equal((await post('{"loadFactor":-1}')).statusCode, 400);
  assert.equal((await post('{"add":[{"like":"host-1"}]}')).statusCode, 400);
});

test('before the first snapshot the API says so, and is not ready', async (t) => {
  const { as, set } = await apiFixture(t);
  set({ snapshot: null });
  const answer = await as('viewer', 'GET', '/api/v1/hosts');
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.headers['retry-after'], '5');
  assert.equal((await as('viewer', 'GET', '/readyz')).statusCode, 503);
  assert.equal((await as('viewer', 'GET', '/healthz')).statusCode, 200);
});

test('metrics are Prometheus text, whatever the names hold', async (t) => {
  const { as } = await apiFixture(t);
  const answer = await as('viewer', 'GET', '/metrics');
  assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
  assert.equal(
    answer.body,
    '# HELP evenkeel_hosts Hosts\\nof the fleet\n# TYPE evenkeel_hosts gauge\nevenkeel_hosts{host="a\\"b\\\\c"} 2\n',
  );
});
