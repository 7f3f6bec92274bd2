import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { influxdbSetupCommand } from '../../src/cli/influxdb-setup.ts';
import { InfluxHttp } from '../../src/telemetry/influx-http.ts';
import type { Point } from '../../src/telemetry/point.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { recordingIo } from '../cli/recording-io.ts';
import { influxdFor, scratchDirectory, until, week } from './service.ts';

const passwords = { admin: `adm'in "1`, evenkeel: 'collector-2', grafana: 'reader-3' } as const;

/** A real influxd that wants to know who asks, set up as the compose file sets it up. */
async function setUp(t: TestContext) {
  const { url } = await influxdFor(t, { asksWho: true });
  const directory = scratchDirectory(t, 'rights');
  const file = (name: string, text: string): string => {
    const full = path.join(directory, name);
    writeFileSync(full, text);
    return full;
  };
  const secret = (name: keyof typeof passwords) => file(`${name}-password`, `${passwords[name]}\n`);
  const config = file(
    'evenkeel.yaml',
    `influxdb: { url: '${url}', username: evenkeel, passwordFile: ${secret('evenkeel')} }\n`,
  );
  const asAdmin = ['--config', config, '--admin-password-file', secret('admin')];
  const reader = ['--reader', 'grafana', '--reader-password-file', secret('grafana')];
  const run = async (): Promise<string> => {
    const io = recordingIo();
    assert.equal(await influxdbSetupCommand.run([...asAdmin, ...reader], io), 0, io.errors());
    return io.out();
  };
  const as = (name: keyof typeof passwords | null, database = 'evenkeel'): InfluxHttp => {
    const user = name === null ? {} : { username: name, password: passwords[name] };
    const http = new InfluxHttp({ url, database, ...user });
    t.after(() => {
      http.close();
    });
    return http;
  };
  return { url, run, as };
}

function telemetryOf(t: TestContext, url: string, said: string[]): Telemetry {
  const say = (message: string): undefined => void said.push(message);
  const telemetry = new Telemetry({
    influx: {
      url,
      database: 'evenkeel',
      username: 'evenkeel',
      password: passwords.evenkeel,
      retention: week,
      manage: true,
    },
    graphite: null,
    spool: { directory: scratchDirectory(t, 'spool'), maximumBytes: 1e8 },
    now: Date.now,
    log: { info: say, warn: say },
    backoffMs: [20, 100],
  });
  t.after(() => telemetry.close(0));
  return telemetry;
}

const point = (host: string): Point => ({
  measurement: 'host',
  tags: { fleet: 'main', host },
  at: Date.now(),
  fields: { cpu: 0.5 },
});

const line = gzipSync('host,host=forged cpu=1\n');
const refused = /not authorized|requires admin|authorization failed|40[13]/i;

test(
  'least rights: the collector writes its database alone, Grafana reads it alone, nobody else gets in',
  { timeout: 60_000 },
  async (t) => {
    const { url, run, as } = await setUp(t);
    assert.match(await run(), /Database evenkeel is set up, and users evenkeel, grafana/);
    const admin = as('admin');
    const state = async () =>
      JSON.stringify(
        await Promise.all(
          [
            'SHOW USERS',
            'SHOW GRANTS FOR "evenkeel"',
            'SHOW GRANTS FOR "grafana"',
            'SHOW CONTINUOUS QUERIES',
            'SHOW RETENTION POLICIES ON "evenkeel"',
          ].map((statement) => admin.query(statement)),
        ),
      );
    const before = await state();
    await run();
    assert.equal(await state(), before, 'a second time changes nothing');
    assert.match(before, /\["admin",true\],\["evenkeel",false\],\["grafana",false\]/);
    await admin.query('CREATE DATABASE "other"');
    assert.equal((await as('admin', 'other').write(line)).status, 204);

    // The collector, with its own user, as it runs.
    const said: string[] = [];
    const telemetry = telemetryOf(t, url, said);
    telemetry.write([point('h1')]);
    await telemetry.flush();
    await until(() => telemetry.status()[0]!.stored === 1);
    assert.deepEqual(said, [], 'it lacks nothing');

    const [read] = await as('grafana').query('SELECT "cpu" FROM "host" WHERE "host" = \'h1\'');
    assert.equal(read?.values[0]?.[1], 0.5);
    const [values] = await as('grafana').query('SHOW TAG VALUES FROM "host" WITH KEY = "host"');
    assert.deepEqual(values?.values, [['host', 'h1']]);

    assert.equal((await as('grafana').write(line)).status, 403, 'the reader writes nothing');
    for (const [name, database] of [
      ['grafana', 'other'],
      ['evenkeel', 'other'],
    ] as const) {
      const user = as(name, database);
      assert.equal((await user.write(line)).status, 403, `${name} writes nothing elsewhere`);
      await assert.rejects(user.query('SELECT * FROM "host"'), refused, `${name} reads nothing elsewhere`);
      const shown = await user.query('SHOW DATABASES');
      assert.ok(!JSON.stringify(shown).includes('other'), `${name} sees no other database`);
    }
    for (const name of ['grafana', 'evenkeel'] as const)
      for (const statement of [
        'CREATE DATABASE "mine"',
        'DROP DATABASE "evenkeel"',
        'SHOW USERS',
        `CREATE USER "more" WITH PASSWORD 'x' WITH ALL PRIVILEGES`,
        `GRANT ALL PRIVILEGES TO "${name}"`,
        'DROP RETENTION POLICY "raw" ON "other"',
      ])
        await assert.rejects(as(name).query(statement), refused, `${name}: ${statement}`);
    for (const statement of [
      'DELETE FROM "host"',
      'DROP RETENTION POLICY "raw" ON "evenkeel"',
      'SELECT * INTO "copy" FROM "host"',
    ])
      await assert.rejects(as('grafana').query(statement), refused, `grafana: ${statement}`);
    await assert.rejects(as(null).query('SELECT * FROM "host"'), refused);
    assert.equal((await as(null).write(line)).status, 401);
    const [hosts] = await admin.query('SELECT count("cpu") FROM "host"');
    assert.equal(hosts?.values[0]?.[1], 1, 'nothing was forged, nothing deleted');
  },
);

test(
  'a database that nobody set up: the collector writes all the same, and says what an admin has to run',
  { timeout: 60_000 },
  async (t) => {
    const { url, as } = await setUp(t);
    await as(null).query(`CREATE USER "admin" WITH PASSWORD 'adm\\'in "1' WITH ALL PRIVILEGES`);
    const admin = as('admin');
    await admin.query('CREATE DATABASE "evenkeel"');
    await admin.query(`CREATE USER "evenkeel" WITH PASSWORD '${passwords.evenkeel}'`);
    await admin.query('GRANT ALL ON "evenkeel" TO "evenkeel"');
    const said: string[] = [];
    const telemetry = telemetryOf(t, url, said);
    telemetry.write([point('h1')]);
    await telemetry.flush();
    await until(() => telemetry.status()[0]!.stored === 1);
    assert.equal(said.length, 1);
    assert.match(
      said[0]!,
      /may not set up retention.*evenkeel influxdb-setup.*CREATE RETENTION POLICY "raw"/,
    );
    const statements = said[0]!.split('as its admin: ')[1]!.split('; ');
    for (const statement of statements) await admin.query(statement);
    const again: string[] = [];
    const next = telemetryOf(t, url, again);
    next.write([point('h2')]);
    await next.flush();
    await until(() => next.status()[0]!.stored === 1);
    assert.deepEqual(again, [], 'what it said was all that was lacking');
  },
);
