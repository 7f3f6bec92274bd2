import { quoteIdentifier, type InfluxHttp } from './influx-http.ts';

export type Retention = {
  readonly rawSeconds: number;
  readonly minutesSeconds: number;
  readonly tenMinutesSeconds: number;
};

/** Names of the retention policies: every sample, means over a minute, means over ten minutes. */
export const policyNames = { raw: 'raw', minutes: 'minutes', tenMinutes: 'ten_minutes' } as const;

/** What is kept at lower resolution: the mean of each, and of some the highest, as `<field>_max`. */
const kept = {
  host: {
    mean: [
      'cpu',
      'mem',
      'net',
      'disk',
      'pressure',
      'cpu_cores',
      'mem_bytes',
      'net_rx_bytes_per_second',
      'net_tx_bytes_per_second',
      'disk_read_bytes_per_second',
      'disk_write_bytes_per_second',
      'vms',
      'fresh',
    ],
    max: ['cpu', 'mem', 'net', 'disk', 'pressure'],
  },
  vm: {
    mean: ['cpu', 'mem', 'net', 'disk', 'pressure', 'cpu_cores', 'mem_bytes', 'fresh'],
    max: ['cpu', 'pressure'],
  },
} as const;

const steps = [
  { from: policyNames.raw, into: policyNames.minutes, every: '1m', again: '2m', seconds: 60 },
  { from: policyNames.minutes, into: policyNames.tenMinutes, every: '10m', again: '20m', seconds: 600 },
] as const;

/** Raised with the queries' text, so that an older release's queries are replaced. */
const queryVersion = 1;

/**
 * Creates or corrects database, retention policies and continuous queries; doing it twice changes nothing, and where
 * all is as it should be no more is needed than to read and write this database. Returns what an InfluxDB admin has
 * to run, since this user may not. Throws when there is no database to write to.
 */
export async function setUpInflux(http: InfluxHttp, retention: Retention): Promise<string[]> {
  const database = quoteIdentifier(http.database);
  const forAdmin: string[] = [];
  const change = async (statement: string): Promise<void> => {
    try {
      await http.query(statement);
    } catch (error) {
      // What follows builds on what was refused.
      if (forAdmin.length === 0 && !/not authorized|requires admin/i.test(String(error))) throw error;
      forAdmin.push(statement);
    }
  };
  const [databases] = await http.query('SHOW DATABASES');
  if (!databases?.values.some(([name]) => name === http.database))
    await http.query(`CREATE DATABASE ${database}`);
  const [policies] = await http.query(`SHOW RETENTION POLICIES ON ${database}`);
  for (const [name, seconds, isDefault] of [
    [policyNames.raw, retention.rawSeconds, true],
    [policyNames.minutes, retention.minutesSeconds, false],
    [policyNames.tenMinutes, retention.tenMinutesSeconds, false],
  ] as const) {
    const row = policies?.values.find((one) => one[policies.columns.indexOf('name')] === name);
    const is = (column: string) => row?.[policies!.columns.indexOf(column)];
    const shard = shardSeconds(seconds);
    if (
      row !== undefined &&
      secondsOf(is('duration')) === seconds &&
      secondsOf(is('shardGroupDuration')) === shard &&
      (!isDefault || String(is('default')) === 'true')
    )
      continue;
    await change(
      `${row === undefined ? 'CREATE' : 'ALTER'} RETENTION POLICY ${quoteIdentifier(name)} ON ${database} ` +
        `DURATION ${seconds}s REPLICATION 1 SHARD DURATION ${shard}s${isDefault ? ' DEFAULT' : ''}`,
    );
  }
  const wanted = continuousQueries(http.database);
  const found = (await http.query('SHOW CONTINUOUS QUERIES')).find((series) => series.name === http.database);
  const present = new Set((found?.values ?? []).map((row) => String(row[0])));
  for (const name of present)
    if (name.startsWith('evenkeel_') && !wanted.has(name))
      await change(`DROP CONTINUOUS QUERY ${quoteIdentifier(name)} ON ${database}`);
  for (const [name, statement] of wanted) if (!present.has(name)) await change(statement);
  return forAdmin;
}

/** A duration as InfluxDB prints it: 168h0m0s. */
function secondsOf(duration: string | number | null | undefined): number {
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(duration)) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function continuousQueries(database: string): Map<string, string> {
  const queries = new Map<string, string>();
  for (const step of steps)
    for (const measurement of ['host', 'vm'] as const) {
      const name = `evenkeel_${measurement}_${step.into}_v${queryVersion}`;
      queries.set(
        name,
        `CREATE CONTINUOUS QUERY ${quoteIdentifier(name)} ON ${quoteIdentifier(database)} ` +
          `RESAMPLE EVERY ${step.every} FOR ${step.again} BEGIN ${selection(database, measurement, step)} ` +
          `GROUP BY time(${step.every}), * END`,
      );
    }
  return queries;
}

/**
 * Fills minutes and ten minutes from raw over a range: continuous queries look at the last few minutes only, so what
 * a spool delivers late has to be summed up separately.
 */
export async function fillIn(http: InfluxHttp, from: number, to: number): Promise<void> {
  for (const step of steps) {
    const width = step.seconds * 1000;
    const first = Math.floor(from / width) * width;
    const last = Math.floor(to / width) * width;
    // in slices, so that no single statement runs for minutes
    for (let start = first; start <= last; start += 30 * width)
      for (const measurement of ['host', 'vm'] as const)
        await http.query(
          `${selection(http.database, measurement, step)} ` +
            `WHERE time >= ${start}ms AND time < ${Math.min(start + 30 * width, last + width)}ms GROUP BY time(${step.every}), *`,
        );
  }
}

function selection(database: string, measurement: 'host' | 'vm', step: (typeof steps)[number]): string {
  const { mean, max } = kept[measurement];
  const table = (policy: string) => [database, policy, measurement].map(quoteIdentifier).join('.');
  const highest =
    step.from === policyNames.raw ? (field: string) => field : (field: string) => `${field}_max`;
  const columns = [
    ...mean.map((field) => `mean("${field}") AS "${field}"`),
    ...max.map((field) => `max("${highest(field)}") AS "${field}_max"`),
  ];
  return `SELECT ${columns.join(', ')} INTO ${table(step.into)} FROM ${table(step.from)}`;
}

/** As InfluxDB itself chooses them: about a tenth of what is kept, between an hour and a week. */
const shardSeconds = (retention: number): number =>
  retention <= 2 * 86_400 ? 3600 : retention <= 180 * 86_400 ? 86_400 : 604_800;
