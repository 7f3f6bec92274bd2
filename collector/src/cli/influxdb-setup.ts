import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { durationSeconds } from '../config/duration.ts';
import { loadConfig } from '../config/load-config.ts';
import { readSecret } from '../config/secret-source.ts';
import { InfluxHttp } from '../telemetry/influx-http.ts';
import { setUpInflux } from '../telemetry/influx-setup.ts';
import { makeAdmin, makeUser } from '../telemetry/influx-users.ts';
import { type Command, exitCodes, UsageError } from './command.ts';
import { readOptions, readPositionals } from './options.ts';

const patienceMs = 60_000;

export const influxdbSetupCommand: Command = {
  name: 'influxdb-setup',
  summary: "as InfluxDB's admin, make what the collector and Grafana need, so that neither has to be admin",
  usage: `evenkeel influxdb-setup --admin-password-file FILE [--admin NAME]
                        [--reader NAME --reader-password-file FILE] [--config FILE]

Makes the database, its retention policies and continuous queries, the collector's user (influxdb.username of the
configuration: reads and writes this database alone) and, if told, a user for Grafana that may only read it. In an
InfluxDB without users it makes the admin first. Doing it twice changes nothing but passwords. For InfluxDB 1.x.

  --admin NAME    default: admin
  --config FILE   the collector's configuration (default: $EVENKEEL_CONFIG, else evenkeel.yaml)
  --json`,
  run: async (args, io) => {
    const { values, positionals } = readOptions(args, {
      admin: { type: 'string', default: 'admin' },
      'admin-password-file': { type: 'string' },
      reader: { type: 'string' },
      'reader-password-file': { type: 'string' },
      config: { type: 'string' },
    });
    readPositionals(positionals, []);
    const password = (file: string | undefined, whose: string): string => {
      const found = readSecret('password', file, undefined, { directory: io.cwd, environment: io.env });
      if (found === undefined) throw new UsageError(`--${whose}-password-file is missing`);
      return found;
    };
    const { config, secrets } = loadConfig(
      path.resolve(io.cwd, values.config ?? io.env.EVENKEEL_CONFIG ?? 'evenkeel.yaml'),
      io.env,
    );
    const { influxdb } = config;
    if (!influxdb) throw new UsageError('the configuration has no section "influxdb"');
    const { url, database, caFile, retention, username } = influxdb;
    const admin = { name: values.admin, password: password(values['admin-password-file'], 'admin') };
    const place = { url, database, ...(caFile === undefined ? {} : { caFile }) };
    const nobody = new InfluxHttp(place);
    const http = new InfluxHttp({ ...place, username: admin.name, password: admin.password });
    try {
      await untilItAnswers(nobody, io.signal);
      await makeAdmin(nobody, admin);
      const refused = await setUpInflux(http, {
        rawSeconds: durationSeconds(retention.raw),
        minutesSeconds: durationSeconds(retention.minutes),
        tenMinutesSeconds: durationSeconds(retention.tenMinutes),
      });
      if (refused.length > 0) throw new Error(`user "${admin.name}" is no admin of this InfluxDB`);
      const users: string[] = [];
      if (username !== undefined && secrets.influxdbPassword !== undefined && username !== admin.name) {
        await makeUser(http, { name: username, password: secrets.influxdbPassword }, 'ALL');
        users.push(username);
      }
      if (values.reader !== undefined) {
        const reader = { name: values.reader, password: password(values['reader-password-file'], 'reader') };
        await makeUser(http, reader, 'READ');
        users.push(reader.name);
      }
      io.stdout.write(
        values.json
          ? `${JSON.stringify({ database, users })}\n`
          : `Database ${database} is set up${users.length > 0 ? `, and users ${users.join(', ')}` : ''}\n`,
      );
      return exitCodes.ok;
    } finally {
      nobody.close();
      http.close();
    }
  },
};

/** A database that is just being started refuses connections for a while. */
async function untilItAnswers(http: InfluxHttp, signal: AbortSignal): Promise<void> {
  for (let waited = 0; ; waited += 500) {
    try {
      await http.query('SHOW DATABASES', signal);
      return;
    } catch (error) {
      if (!/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|no answer in time/.test(String(error)) || waited >= patienceMs) {
        // It answers, and wants to know who asks.
        if (/\b40[13]\b/.test(String(error))) return;
        throw error;
      }
    }
    await pause(500, undefined, { signal });
  }
}
