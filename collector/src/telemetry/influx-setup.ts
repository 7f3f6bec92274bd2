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

/** Creates or corrects database, retention policies and continuous queries; doing it twice changes nothing. */
export async function setUpInflux(http: InfluxHttp, retention: Retention): Promise<void> {
  const database = quoteIdentifier(http.database);
  await http.query(`CREATE DATABASE ${database}`);
  const [policies] = await http.query(`SHOW RETENTION POLICIES ON ${database}`);
  const existing = new Set(policies?.values.map((row) => row[policies.columns.indexOf('name')]));
  for (const [name, seconds, isDefault] of [
    [policyNames.raw, retention.rawSeconds, true],
    [policyNames.minutes, retention.minutesSeconds, false],
    [policyNames.tenMinutes, retention.tenMinutesSeconds, false],
  ] as const)
    await http.query(
      `${existing.has(name) ? 'ALTER' : 'CREATE'} RETENTION POLICY ${quoteIdentifier(name)} ON ${database} ` +
        `DURATION ${seconds}s REPLICATION 1 SHARD DURATION ${shardSeconds(seconds)}s${isDefault ? ' DEFAULT' : ''}`,
    );
  const wanted = continuousQueries(http.database);
  const found = (await http.query('SHOW CONTINUOUS QUERIES')).find((series) => series.name === http.database);
  const present = new Set((found?.values ?? []).map((row) => String(row[0])));
  for (const name of present)
    if (name.startsWith('evenkeel_') && !wanted.has(name))
      await http.query(`DROP CONTINUOUS QUERY ${quoteIdentifier(name)} ON ${database}`);
  for (const [name, statement] of wanted) if (!present.has(name)) await http.query(statement);
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
