import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { apiFixture, finding, startedAt } from '../api/api-fixture.ts';
import { recordingIo } from './recording-io.ts';

test('hosts, VMs, findings and migrations as tables for people and JSON for programs', async (t) => {
  const { app, tokens, set } = await apiFixture(t);
  set({ findings: [finding('host-1', 'critical')] });
  await app.listen({ port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const run = async (env: Record<string, string>, ...args: string[]) => {
    const io = recordingIo({ env, now: () => startedAt + 65_000 });
    return { code: await evenkeel(args, io), out: io.out(), err: io.errors() };
  };
  const env = { EVENKEEL_URL: url, EVENKEEL_TOKEN: tokens.viewer };
  const hosts = await run(env, 'hosts', '--sort', 'cpu');
  assert.equal(hosts.code, 0, hosts.err);
  assert.match(hosts.out, /^HOST +CPU +MEM/);
  assert.match(hosts.out, /host-1 +10 % +- .*hot/);
  assert.doesNotMatch(hosts.out, /\u001b/, 'no colours but on a terminal');
  assert.match((await run(env, 'vms', '--host', 'host-0')).out, /vm-0 .*high +low in 9 min \(80 %\)/);
  assert.match((await run(env, 'findings')).out, /critical +hotspot +65 s +Host host-1 is a hot spot\./);
  assert.match((await run(env, 'migrations')).out, /vm-0 +host-0 +host-1 +requested/);
  assert.equal((await run(env, 'recommendations')).out, 'Nothing needs to be moved.\n');
  const json = JSON.parse((await run(env, 'vms', '--json')).out) as unknown[];
  assert.equal(json.length, 6);

  assert.deepEqual(await run({ ...env, EVENKEEL_TOKEN: 'wrong' }, 'hosts'), {
    code: 1,
    out: '',
    err: 'evenkeel: This token is not known here, or it has expired.\n',
  });
  assert.match((await run(env, 'hosts', '--state', 'warm')).err, /query\.state must be one of hot,/);
  assert.equal((await run({ EVENKEEL_URL: url }, 'hosts')).code, 2);
  const nobody = await run({ ...env, EVENKEEL_URL: 'http://127.0.0.1:1' }, 'hosts');
  assert.equal(nobody.code, 1);
  assert.match(nobody.err, /no collector answers at http:\/\/127\.0\.0\.1:1; start one/);
});
