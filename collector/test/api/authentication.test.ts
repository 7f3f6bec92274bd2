import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { createLocalJWKSet, type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { csrfHeader, sessionCookie } from '../../src/api/console-session.ts';
import { GrafanaIdentity } from '../../src/api/grafana-identity.ts';
import { createToken, verifyToken } from '../../src/api/token.ts';
import { TokenFile } from '../../src/api/token-file.ts';
import { apiFixture, startedAt } from './api-fixture.ts';

const uuid = '00000000-0000-4000-a000-000000000000';
const move = { uuid, to: 'host-1' };

test('each role may do what it should and nothing more', async (t) => {
  const { as, app } = await apiFixture(t);
  const routes = [
    ['GET', '/api/v1/hosts', 'viewer', undefined],
    ['POST', '/api/v1/migrations/preflight', 'viewer', move],
    ['POST', '/api/v1/what-if', 'viewer', {}],
    ['POST', '/api/v1/place', 'viewer', { name: 'new', vcpus: 1, memoryBytes: 2 ** 30 }],
    ['GET', '/metrics', 'viewer', undefined],
    ['POST', '/api/v1/migrations', 'operator', move],
    ['POST', '/api/v1/migrations/requests', 'operator', move],
    ['POST', '/api/v1/migrations/m-1/approve', 'admin', {}],
    ['POST', '/api/v1/migrations/m-1/reject', 'admin', { reason: 'not now' }],
    ['POST', '/api/v1/migrations/m-1/abort', 'operator', {}],
    ['POST', '/api/v1/drains', 'operator', { host: 'host-0' }],
    ['POST', '/api/v1/recommendations/known/dismiss', 'operator', { reason: 'no' }],
    ['PUT', '/api/v1/policy', 'admin', {}],
    ['GET', '/api/v1/audit', 'admin', undefined],
  ] as const;
  const order = ['viewer', 'operator', 'admin'] as const;
  for (const [method, url, least, body] of routes) {
    assert.equal((await app.inject({ method, url })).statusCode, 401, `${method} ${url} without a token`);
    for (const role of order) {
      const { statusCode } = await as(role, method, url, body);
      const allowed = order.indexOf(role) >= order.indexOf(least);
      assert.equal(statusCode === 403, !allowed, `${role} ${method} ${url} got ${statusCode}`);
      if (allowed) assert.ok(statusCode < 300, `${role} ${method} ${url} got ${statusCode}`);
    }
  }
});

test('a token is told apart by its secret, ends when it expires, and is found by nobody who guesses', async (t) => {
  const { app, records, tokens, turnClock } = await apiFixture(t);
  const me = async (authorization: string) =>
    (await app.inject({ method: 'GET', url: '/api/v1/me', headers: { authorization } })).statusCode;
  assert.equal(await me(`Bearer ${tokens.viewer}`), 200);
  assert.equal(await me(`bearer ${tokens.viewer}`), 200);
  const [, id] = tokens.viewer.split('_');
  assert.equal(await me(`Bearer ek_${id!}_${'A'.repeat(43)}`), 401);
  assert.equal(await me('Bearer nonsense'), 401);
  assert.equal(await me(`Basic ${tokens.viewer}`), 401);

  const wish = { name: 'brief', role: 'viewer', createdAt: startedAt, forGrafana: false } as const;
  const brief = createToken({ ...wish, expiresAt: startedAt + 1000 });
  records.set(brief.record.id, brief.record);
  assert.equal(await me(`Bearer ${brief.text}`), 200);
  turnClock(1000);
  assert.equal(await me(`Bearer ${brief.text}`), 401);
  assert.ok(
    !JSON.stringify(brief.record).includes(brief.text.split('_').slice(2).join('_')),
    'the secret is not kept',
  );
});

test('who guesses tokens is held up; who asks too often is told how long to wait', async (t) => {
  const { app, tokens, turnClock } = await apiFixture(t, { requestsPerSecond: 1 });
  const ask = (token: string) =>
    app.inject({ method: 'GET', url: '/api/v1/me', headers: { authorization: `Bearer ${token}` } });
  for (let i = 0; i < 10; i += 1) assert.equal((await ask(tokens.viewer)).statusCode, 200);
  const limited = await ask(tokens.viewer);
  assert.equal(limited.statusCode, 429);
  assert.equal(limited.headers['retry-after'], '1');
  turnClock(2000);
  assert.equal((await ask(tokens.viewer)).statusCode, 200);

  for (let i = 0; i < 30; i += 1) assert.equal((await ask('wrong')).statusCode, 401);
  assert.equal((await ask('wrong')).statusCode, 429);
  assert.equal((await ask(tokens.viewer)).statusCode, 429, 'nor may the same address go on with a good one');
  turnClock(60_000);
  assert.equal((await ask(tokens.viewer)).statusCode, 200);
});

test('a console session lives in an http-only cookie, and changes nothing without its CSRF value', async (t) => {
  const { app, tokens, records, turnClock } = await apiFixture(t);
  const refused = await app.inject({ method: 'POST', url: '/api/v1/session', payload: { token: 'wrong' } });
  assert.equal(refused.statusCode, 401);
  const login = await app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { token: tokens.operator },
  });
  assert.equal(login.statusCode, 200);
  const cookie = login.cookies.find(({ name }) => name === sessionCookie)!;
  assert.equal(cookie.httpOnly, true);
  assert.equal(cookie.sameSite, 'Strict');
  assert.ok(!login.body.includes(tokens.operator) && !cookie.value.includes(tokens.operator.split('_')[2]!));
  const { csrf } = login.json<{ csrf: string }>();

  const ask = (method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}, payload?: object) =>
    app.inject({
      method,
      url,
      headers,
      cookies: { [sessionCookie]: cookie.value },
      ...(payload ? { payload } : {}),
    });
  const me = (await ask('GET', '/api/v1/me')).json<{ via: string; csrf: string }>();
  assert.deepEqual([me.via, me.csrf], ['session', csrf]);
  assert.equal((await ask('POST', '/api/v1/migrations', {}, move)).statusCode, 403);
  assert.equal((await ask('POST', '/api/v1/migrations', { [csrfHeader]: 'guess' }, move)).statusCode, 403);
  assert.equal((await ask('POST', '/api/v1/migrations', { [csrfHeader]: csrf }, move)).statusCode, 202);

  const forged = `${tokens.operator.split('_')[1]!}.${startedAt + 9e9}.x`;
  const sign = (key: Buffer) => createHmac('sha256', key).update(`session\n${forged}`).digest('base64url');
  const asForged = (value: string) =>
    app.inject({ method: 'GET', url: '/api/v1/me', cookies: { [sessionCookie]: value } });
  assert.equal((await asForged(`${forged}.${sign(Buffer.alloc(32, 8))}`)).statusCode, 401, 'another key');
  assert.equal((await asForged('..')).statusCode, 401);

  records.delete(tokens.operator.split('_')[1]!);
  assert.equal((await ask('GET', '/api/v1/me')).statusCode, 401, 'a revoked token ends its sessions');
  turnClock(13 * 3_600_000);
});

async function grafanaFixture(t: TestContext) {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const other = await generateKeyPair('ES256');
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] });
  const grafana = new GrafanaIdentity(
    {
      url: 'http://grafana',
      organisation: 1,
      roles: { Viewer: 'viewer', Editor: 'operator', Admin: 'admin' },
    },
    keys,
  );
  const fixture = await apiFixture(t, { grafana });
  const made = createToken({
    name: 'grafana',
    role: 'operator',
    createdAt: startedAt,
    expiresAt: null,
    forGrafana: true,
  });
  fixture.records.set(made.record.id, made.record);
  const identity = (
    claims: Record<string, unknown>,
    more: { key?: CryptoKey; audience?: string; expires?: number; subject?: string } = {},
  ) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setSubject(more.subject ?? 'user:7')
      .setAudience(more.audience ?? 'org:1')
      .setExpirationTime(Math.floor((more.expires ?? startedAt + 600_000) / 1000))
      .sign(more.key ?? privateKey);
  const ask = (method: 'GET' | 'POST', url: string, jwt: string | null, payload?: object) =>
    fixture.app.inject({
      method,
      url,
      headers: { authorization: `Bearer ${made.text}`, ...(jwt === null ? {} : { 'x-grafana-id': jwt }) },
      ...(payload ? { payload } : {}),
    });
  return { ...fixture, identity, ask, otherKey: other.privateKey };
}

test('through Grafana the verified user acts, with the lesser of the two roles', async (t) => {
  const { identity, ask, audit } = await grafanaFixture(t);
  const viewer = await identity({ username: 'ann', role: 'Viewer' });
  const admin = await identity({ username: 'bob', role: 'Admin' });
  const me = async (jwt: string) => (await ask('GET', '/api/v1/me', jwt)).json<Record<string, string>>();
  assert.partialDeepStrictEqual(await me(viewer), { name: 'ann', role: 'viewer', via: 'grafana' });
  assert.partialDeepStrictEqual(await me(admin), { name: 'bob', role: 'operator' }, 'no more than the token');
  assert.partialDeepStrictEqual(await me(await identity({})), { name: 'user:7', role: 'operator' });
  assert.equal((await ask('POST', '/api/v1/migrations', viewer, move)).statusCode, 403);
  assert.equal((await ask('POST', '/api/v1/migrations', admin, move)).statusCode, 202);
  assert.deepEqual(
    audit.map(({ who, outcome }) => [who, outcome]),
    [
      ['ann', 'refused'],
      ['bob', 'done'],
    ],
  );
});

test("Grafana's token alone may look but not act, and a false identity is no identity", async (t) => {
  const { identity, ask, otherKey } = await grafanaFixture(t);
  assert.equal((await ask('GET', '/api/v1/hosts', null)).statusCode, 200);
  const alone = await ask('POST', '/api/v1/migrations', null, move);
  assert.equal(alone.statusCode, 403);
  assert.match(alone.body, /id forwarding/);
  const claims = { username: 'eve', role: 'Admin' };
  for (const [why, jwt] of [
    ['another key', await identity(claims, { key: otherKey })],
    ['another organisation', await identity(claims, { audience: 'org:2' })],
    ['expired', await identity(claims, { expires: startedAt - 60_000 })],
    ['a service account', await identity(claims, { subject: 'service-account:1' })],
    ['unsigned', `${btoa('{"alg":"none"}')}.${btoa('{"sub":"user:1","aud":"org:1","exp":9e12}')}.`],
    ['no token at all', 'x'],
  ] as const) {
    assert.equal((await ask('POST', '/api/v1/migrations', jwt, move)).statusCode, 401, why);
  }
});

test('the audit log has who asked for what from where, and what came of it', async (t) => {
  const { as, audit, app } = await apiFixture(t);
  await as('operator', 'POST', '/api/v1/migrations', { ...move, reason: 'too hot' });
  await as('operator', 'POST', '/api/v1/migrations', { uuid, to: 'host-2' });
  await as('viewer', 'PUT', '/api/v1/policy', {});
  await as('admin', 'PUT', '/api/v1/policy', {});
  await as('operator', 'POST', '/api/v1/migrations', { ...move, reason: 'break' });
  await app.inject({
    method: 'PUT',
    url: '/api/v1/policy',
    headers: { authorization: 'Bearer wrong' },
    payload: {},
  });
  await app.inject({ method: 'PUT', url: '/api/v1/policy', payload: {} });
  assert.deepEqual(
    audit.map(({ who, action, outcome }) => [who, action, outcome]),
    [
      ['the operator', 'migration.request', 'done'],
      ['the operator', 'migration.request', 'refused'],
      ['the viewer', 'policy.set', 'refused'],
      ['the admin', 'policy.set', 'done'],
      ['the operator', 'migration.request', 'failed'],
      ['nobody', 'policy.set', 'refused'],
    ],
  );
  assert.partialDeepStrictEqual(audit[0]!, {
    at: startedAt,
    role: 'operator',
    via: 'token',
    address: '127.0.0.1',
    subject: `uuid ${uuid}, to host-1`,
    reason: 'too hot',
    detail: 'accepted as m-1',
  });
  assert.equal(audit[1]!.detail, 'It cannot move there.');
});

test('the token file keeps hashes for its owner alone, and a change by the CLI counts at once', (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-tokens-'));
  t.after(() => {
    rmSync(directory, { recursive: true });
  });
  const file = path.join(directory, 'state', 'tokens.json');
  const server = new TokenFile(file);
  const cli = new TokenFile(file);
  assert.deepEqual(server.list(), []);
  const { text, record } = createToken({
    name: 'x',
    role: 'admin',
    createdAt: 1,
    expiresAt: null,
    forGrafana: false,
  });
  cli.add(record);
  assert.equal(verifyToken(text, (id) => server.find(id), 2)?.name, 'x');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!readFileSync(file, 'utf8').includes(text.split('_')[2]!));
  assert.equal(cli.remove(record.id), true);
  assert.equal(cli.remove(record.id), false);
  assert.equal(
    verifyToken(text, (id) => server.find(id), 2),
    null,
  );
  writeFileSync(file, '{broken');
  assert.throws(() => server.list(), /is not valid JSON; restore it/);
  writeFileSync(file, '[{"id":"1"}]');
  assert.throws(() => server.list(), /does not hold tokens/);
});
