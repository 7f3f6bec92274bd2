import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { escapeTag, unescapeName } from '../../src/telemetry/escape-name.ts';
import { HistoryReader } from '../../src/telemetry/history.ts';
import { HistoryWindow } from '../../src/telemetry/history-window.ts';
import { InfluxHttp, quoteString } from '../../src/telemetry/influx-http.ts';
import { fillIn, setUpInflux } from '../../src/telemetry/influx-setup.ts';
import type { Point } from '../../src/telemetry/point.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { oddNames } from './odd-names.ts';
import { influxdFor, quiet, scratchDirectory, until, week } from './service.ts';

const start = (t: TestContext, url: string, database: string, log = quiet) => {
  const telemetry = new Telemetry({
    influx: { url, database, retention: week, manage: true, timeoutMs: 5000 },
    graphite: null,
    spool: { directory: scratchDirectory(t, 'spool'), maximumBytes: 1e8 },
    now: Date.now,
    log,
    backoffMs: [20, 100],
  });
  t.after(() => telemetry.close(0));
  return telemetry;
};

const vmPoint = (vm: string, at: number, cpu: number): Point => ({
  measurement: 'vm',
  tags: { fleet: 'test', host: 'h1', vm, uuid: `uuid-of-${Buffer.from(vm).toString('hex').slice(0, 20)}` },
  at,
  fields: { cpu, state: 'running' },
});

const count = async (http: InfluxHttp): Promise<number> => {
  const [series] = await http.query('SELECT count("cpu") FROM "vm"');
  return Number(series?.values[0]?.[1] ?? 0);
};

test('what was written is there: values, retention, odd names', { timeout: 240_000 }, async (t) => {
  const influxd = await influxdFor(t);
  const telemetry = start(t, influxd.url, 'names');
  const { http } = telemetry.influx!;
  const at = Math.floor(Date.now() / 1000) * 1000;
  telemetry.write(oddNames.map((name, index) => vmPoint(name, at, index / 100)));
  await telemetry.flush();
  await until(() => telemetry.status()[0]!.points === 0);

  const series = await http.query('SELECT "cpu" FROM "vm" GROUP BY "vm"');
  const found = new Map(series.map((one) => [unescapeName(one.tags!.vm!), one.values[0]]));
  assert.deepEqual([...found.keys()].sort(), [...oddNames].sort());
  for (const [index, name] of oddNames.entries()) assert.deepEqual(found.get(name), [at, index / 100], name);
  for (const [index, name] of oddNames.entries()) {
    const [one] = await http.query(`SELECT "cpu" FROM "vm" WHERE "vm" = ${quoteString(escapeTag(name))}`);
    assert.equal(one?.values[0]?.[1], index / 100, `condition on ${JSON.stringify(name)}`);
  }

  const [policies] = await http.query('SHOW RETENTION POLICIES ON "names"');
  const kept = new Map(policies!.values.map((row) => [row[0], [row[1], row[4]]]));
  assert.deepEqual(kept.get('raw'), ['168h0m0s', true]);
  assert.deepEqual(kept.get('minutes'), ['720h0m0s', false]);
  assert.deepEqual(kept.get('ten_minutes'), ['9600h0m0s', false]);

  await setUpInflux(http, { ...week, rawSeconds: 3 * 86_400 }); // a second time, with another retention
  const [again] = await http.query('SHOW RETENTION POLICIES ON "names"');
  assert.equal(again!.values.find((row) => row[0] === 'raw')![1], '72h0m0s');
  const queries = (await http.query('SHOW CONTINUOUS QUERIES')).find((one) => one.name === 'names');
  assert.equal(queries!.values.length, 4);
});

test('means and highest values come into minutes and ten minutes', { timeout: 240_000 }, async (t) => {
  const influxd = await influxdFor(t);
  const telemetry = start(t, influxd.url, 'means');
  const { http } = telemetry.influx!;
  const begin = Math.floor(Date.now() / 600_000) * 600_000 - 600_000;
  telemetry.write(
    Array.from({ length: 60 }, (_, i) => vmPoint('a', begin + i * 10_000, i % 6 === 5 ? 1 : 0.4)),
  );
  await telemetry.flush();
  await until(() => telemetry.status()[0]!.points === 0);
  await fillIn(http, begin, begin + 599_999);
  const [minutes] = await http.query('SELECT "cpu", "cpu_max" FROM "means"."minutes"."vm"');
  assert.equal(minutes!.values.length, 10);
  for (const [, mean, highest] of minutes!.values) {
    assert.ok(Math.abs(Number(mean) - 0.5) < 1e-9);
    assert.equal(highest, 1);
  }
  const [ten] = await http.query('SELECT "cpu", "cpu_max" FROM "means"."ten_minutes"."vm"');
  assert.equal(ten!.values.length, 1);
  assert.ok(Math.abs(Number(ten!.values[0]![1]) - 0.5) < 1e-9);
  assert.equal(ten!.values[0]![2], 1);
});

test('influxd killed and back: nothing lost, nothing double', { timeout: 240_000 }, async (t) => {
  const influxd = await influxdFor(t);
  const said: string[] = [];
  const say = (message: string): undefined => void said.push(message);
  const telemetry = start(t, influxd.url, 'outage', { info: say, warn: say });
  const { http } = telemetry.influx!;
  let at = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;
  let written = 0;
  const writeRound = async () => {
    at += 10_000;
    telemetry.write(Array.from({ length: 200 }, (_, i) => vmPoint(`vm-${i}`, at, i / 200)));
    written += 200;
    await telemetry.flush();
  };
  for (let round = 0; round < 5; round++) await writeRound();
  await until(() => telemetry.status()[0]!.stored > 0);
  await influxd.stop('SIGKILL'); // batches may be under way, acknowledged or not
  for (let round = 0; round < 60; round++) await writeRound(); // what ten minutes bring
  await until(() => telemetry.status()[0]!.state === 'away');
  assert.ok(telemetry.status()[0]!.batches >= 60);
  await influxd.restart();
  await until(() => telemetry.status()[0]!.points === 0);
  for (let round = 0; round < 5; round++) await writeRound();
  await until(() => telemetry.status()[0]!.points === 0);

  assert.equal(await count(http), written);
  const [status] = telemetry.status();
  assert.equal(status!.lost, 0);
  assert.equal(status!.refused, 0);
  assert.equal(status!.state, 'up');
  assert.ok(said.some((line) => line.includes('points wait in the spool')));
  assert.ok(said.includes('InfluxDB: back again'));
  // the continuous queries have long passed those minutes: they were filled in
  await until(async () => {
    const [series] = await http.query(
      'SELECT count("cpu") FROM "outage"."minutes"."vm" WHERE "vm" = \'vm-7\'',
    );
    return Number(series?.values[0]?.[1] ?? 0) >= 10;
  });
});

test(
  'collector killed with a full spool: its successor delivers all of it',
  { timeout: 240_000 },
  async (t) => {
    const influxd = await influxdFor(t);
    await influxd.stop('SIGKILL');
    const directory = scratchDirectory(t, 'spool');
    const victim = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'telemetry-victim.ts'), influxd.url, directory],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let written = 0;
    victim.stdout.setEncoding('utf8');
    for await (const chunk of victim.stdout) {
      for (const number of (chunk as string).matchAll(/(\d+)\n/g)) written = Number(number[1]);
      if (written >= 50_000) break;
    }
    victim.kill('SIGKILL');
    if (victim.exitCode === null && victim.signalCode === null) await once(victim, 'exit');
    await influxd.restart();
    const telemetry = new Telemetry({
      influx: { url: influxd.url, database: 'victim', retention: week, manage: true },
      graphite: null,
      spool: { directory, maximumBytes: 1e9 },
      now: Date.now,
      log: quiet,
      backoffMs: [20, 100],
    });
    t.after(() => telemetry.close(0));
    await until(() => telemetry.status()[0]!.points === 0);
    const stored = await count(telemetry.influx!.http);
    assert.ok(stored >= written, `${stored} of at least ${written}`);
    assert.equal(stored, telemetry.status()[0]!.stored, 'each of them once');
  },
);

test('points that InfluxDB refuses are counted and hold up nothing', { timeout: 240_000 }, async (t) => {
  const influxd = await influxdFor(t);
  const telemetry = start(t, influxd.url, 'refused');
  const at = Date.now();
  telemetry.write([vmPoint('a', at, 0.1)]);
  await telemetry.flush();
  telemetry.write([
    { ...vmPoint('a', at + 1, 0.2), fields: { cpu: 'text where a number was' } },
    vmPoint('b', at, 0.3),
  ]);
  await telemetry.flush();
  telemetry.write([{ ...vmPoint('a', at - 30 * 86_400_000, 0.2) }]); // older than what is kept
  await telemetry.flush();
  telemetry.write([vmPoint('c', at, 0.4)]);
  await telemetry.flush();
  await until(() => telemetry.status()[0]!.points === 0);
  const [status] = telemetry.status();
  assert.equal(status!.refused, 2);
  assert.equal(status!.stored, 3);
  assert.equal(await count(telemetry.influx!.http), 3);
  assert.match(status!.refusedBecause!, /beyond retention policy/);
});

test('a database that is dropped under the collector is made again', { timeout: 240_000 }, async (t) => {
  const influxd = await influxdFor(t);
  const telemetry = start(t, influxd.url, 'dropped');
  telemetry.write([vmPoint('a', Date.now(), 0.1)]);
  await telemetry.flush();
  await until(() => telemetry.status()[0]!.stored === 1);
  await telemetry.influx!.http.query('DROP DATABASE "dropped"');
  telemetry.write([vmPoint('b', Date.now(), 0.1)]);
  await telemetry.flush();
  await until(() => telemetry.status()[0]!.stored === 2);
  assert.equal(await count(telemetry.influx!.http), 1);
});

test(
  'history: a restart reads back what it needs, older ranges come from InfluxDB',
  { timeout: 240_000 },
  async (t) => {
    const influxd = await influxdFor(t);
    const telemetry = start(t, influxd.url, 'history');
    const now = Math.floor(Date.now() / 600_000) * 600_000;
    const name = 'odd,name\nof=host';
    const points: Point[] = [];
    for (let i = 0; i < 720; i++) {
      const at = now - 7_200_000 + i * 10_000;
      points.push({
        ...vmPoint('a', at, i / 720),
        tags: { fleet: 'test', host: i < 400 ? 'h1' : 'h2', vm: 'a', uuid: 'u-a' },
      });
      points.push({
        measurement: 'host',
        tags: { fleet: 'test', host: name },
        at,
        fields: { cpu: 0.25, fresh: 1 },
      });
      points.push({ measurement: 'host', tags: { fleet: 'other', host: name }, at, fields: { cpu: 0.99 } });
    }
    telemetry.write(points);
    await telemetry.flush();
    await until(() => telemetry.status()[0]!.points === 0);
    await fillIn(telemetry.influx!.http, now - 7_200_000, now);

    const reader = new HistoryReader({
      fleet: 'test',
      window: new HistoryWindow({ maximumBytes: 1e7, windowMs: 86_400_000 }),
      influx: telemetry.influx,
      now: () => now,
    });
    const taken: number[] = [];
    const read = await reader.readBack({
      windowMs: 3_600_000,
      take: (key, at) => {
        if (key.id === 'u-a') taken.push(at);
      },
    });
    assert.equal(read, 720);
    assert.equal(taken.length, 360);
    assert.deepEqual(
      taken,
      [...taken].sort((a, b) => a - b),
      'in order, although the VM moved',
    );

    const recent = await reader.series(
      { type: 'vm', id: 'u-a' },
      { from: now - 3_600_000, to: now, stepSeconds: 60 },
    );
    assert.equal(recent.source, 'embedded');
    assert.equal(recent.at.length, 60);
    assert.ok(Math.abs(recent.cpu[0]! - (360 + 2.5) / 720) < 1e-6);
    const older = await reader.series(
      { type: 'vm', id: 'u-a' },
      { from: now - 7_200_000, to: now, stepSeconds: 300 },
    );
    assert.equal(older.source, 'influxdb');
    assert.equal(older.at.length, 24);
    assert.ok(older.cpu.every((value) => value !== null));
    assert.ok(Math.abs(older.cpu[0]! - 14.5 / 720) < 1e-6);
    const host = await reader.series(
      { type: 'host', id: name },
      { from: now - 7_200_000, to: now, stepSeconds: 600 },
    );
    assert.ok(
      host.cpu.every((value) => value === 0.25),
      JSON.stringify(host.cpu),
    );
  },
);
