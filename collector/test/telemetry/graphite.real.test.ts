import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { escapePath, unescapeName } from '../../src/telemetry/escape-name.ts';
import { InfluxHttp } from '../../src/telemetry/influx-http.ts';
import { setUpInflux } from '../../src/telemetry/influx-setup.ts';
import type { Point } from '../../src/telemetry/point.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { Carbon } from './carbon.ts';
import { oddNames } from './odd-names.ts';
import { influxdFor, quiet, scratchDirectory, until, week } from './service.ts';

const vmPoint = (vm: string, at: number, cpu: number): Point => ({
  measurement: 'vm',
  tags: { fleet: 'test', host: 'h1', vm, uuid: 'u' },
  at,
  fields: { cpu, fresh: 1, state: 'running' },
});

function start(t: TestContext, port: number): Telemetry {
  const telemetry = new Telemetry({
    influx: null,
    graphite: { host: '127.0.0.1', port },
    spool: { directory: scratchDirectory(t, 'spool'), maximumBytes: 1e8 },
    now: Date.now,
    log: quiet,
    backoffMs: [20, 100],
  });
  t.after(() => telemetry.close(0));
  return telemetry;
}

const vmPath = (vm: string, field: string): string => `evenkeel/test/vm/${escapePath(vm)}/${field}`;

const allSent = (telemetry: Telemetry) => until(() => telemetry.status()[0]!.points === 0);

test('carbon: values arrive, odd names by their documented escape', { timeout: 240_000 }, async (t) => {
  const carbon = await Carbon.start(t);
  const telemetry = start(t, carbon.port);
  const at = Math.floor(Date.now() / 1000) * 1000;
  telemetry.write(oddNames.map((name, index) => vmPoint(name, at, index / 100)));
  await telemetry.flush();
  await allSent(telemetry);
  await until(() => oddNames.every((name) => carbon.values(vmPath(name, 'cpu')).size === 1));
  for (const [index, name] of oddNames.entries())
    assert.equal(carbon.values(vmPath(name, 'cpu')).get(at / 1000), index / 100, name);
  const back = carbon
    .names('evenkeel/test/vm')
    .filter((name) => !name.includes('~'))
    .map(unescapeName);
  const cut = oddNames.filter((name) => escapePath(name).includes('~'));
  assert.deepEqual([...back, ...cut].sort(), [...oddNames].sort());
  assert.equal(cut.length, 1, 'only the 250 characters of three bytes each do not fit a file name');
});

test('carbon away and back: nothing lost, nothing double', { timeout: 240_000 }, async (t) => {
  const carbon = await Carbon.start(t);
  const telemetry = start(t, carbon.port);
  const begin = Math.floor(Date.now() / 1000) - 600;
  const seconds = Array.from({ length: 300 }, (_, i) => begin + i);
  for (const [index, second] of seconds.entries()) {
    telemetry.write([vmPoint('a', second * 1000, index)]);
    if (index % 20 === 19) await telemetry.flush();
    // killed outright: what it had read and not stored is gone with it
    if (index === 99) await carbon.stop('SIGKILL');
    if (index === 199) await carbon.restart();
  }
  await telemetry.flush();
  await allSent(telemetry);
  await until(() => carbon.values(vmPath('a', 'cpu')).size === seconds.length);
  assert.deepEqual(
    [...carbon.values(vmPath('a', 'cpu'))].sort(([a], [b]) => a - b),
    seconds.map((second, index) => [second, index]),
  );
  assert.equal(telemetry.status()[0]!.lost, 0);
});

test(
  "InfluxDB's graphite listener gives the measurements that the HTTP writer gives",
  { timeout: 240_000 },
  async (t) => {
    const influxd = await influxdFor(t);
    const http = new InfluxHttp({ url: influxd.url, database: 'evenkeel' }); // the listener's database
    t.after(() => {
      http.close();
    });
    await setUpInflux(http, week);
    const telemetry = start(t, influxd.graphitePort);
    const at = Math.floor(Date.now() / 1000) * 1000;
    telemetry.write([
      ...oddNames.map((name, index) => vmPoint(name, at, index / 100)),
      {
        measurement: 'host',
        tags: { fleet: 'test', host: 'h1.example' },
        at,
        fields: { cpu: 0.75, fresh: 1 },
      },
      { measurement: 'collector', tags: { fleet: 'test' }, at, fields: { hosts: 3 } },
    ]);
    await telemetry.flush();
    await allSent(telemetry);
    await until(async () => (await http.query('SELECT * FROM "collector"')).length > 0);

    const vms = await http.query('SELECT "cpu", "fresh" FROM "vm" GROUP BY "fleet", "vm"');
    const byPart = new Map(vms.map((series) => [series.tags!.vm, series]));
    assert.equal(byPart.size, oddNames.length);
    for (const [index, name] of oddNames.entries()) {
      const series = byPart.get(escapePath(name));
      assert.equal(series?.tags?.fleet, 'test');
      assert.deepEqual(series.values, [[at, index / 100, 1]], name);
    }
    const [host] = await http.query('SELECT "cpu", "fresh" FROM "host" GROUP BY "fleet", "host"');
    assert.deepEqual(host?.tags, { fleet: 'test', host: 'h1%2Eexample' });
    assert.deepEqual(host.values, [[at, 0.75, 1]]);
    const [collector] = await http.query('SELECT "hosts" FROM "collector" GROUP BY "fleet"');
    assert.deepEqual(collector?.values, [[at, 3]]);
  },
);

test(
  'influxd killed under its graphite listener and back: nothing lost, nothing double',
  { timeout: 240_000 },
  async (t) => {
    const influxd = await influxdFor(t);
    const http = new InfluxHttp({ url: influxd.url, database: 'evenkeel' });
    t.after(() => {
      http.close();
    });
    await setUpInflux(http, week);
    const telemetry = start(t, influxd.graphitePort);
    const begin = Math.floor(Date.now() / 1000) - 600;
    for (let index = 0; index < 300; index++) {
      telemetry.write([vmPoint('a', (begin + index) * 1000, index)]);
      if (index % 20 === 19) await telemetry.flush();
      if (index === 99) await influxd.stop('SIGKILL');
      if (index === 199) await influxd.restart();
    }
    await telemetry.flush();
    await allSent(telemetry);
    await until(async () => {
      const [series] = await http.query('SELECT count("cpu") FROM "vm"');
      return series?.values[0]?.[1] === 300;
    });
  },
);
