import { Type, type Static } from 'typebox';
import { GrafanaSettings } from '../api/grafana-identity.ts';
import { Policy } from '../fleet/policy.ts';
import { HostConfig } from '../observe/host-config.ts';
import { VmRulesConfig } from '../observe/vm-rules-config.ts';
import { durationPattern } from './duration.ts';
import { SecretFile, SecretVariable } from './secret-source.ts';

const duration = (fallback: string, description: string) =>
  Type.String({ pattern: durationPattern, default: fallback, description });
const port = (fallback: number) => Type.Integer({ minimum: 1, maximum: 65_535, default: fallback });
const strict = { additionalProperties: false } as const;
const filled = { additionalProperties: false, default: {} } as const;

export const FleetSection = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9_-]{1,64}$',
      default: 'main',
      description: 'letters, digits, _ and -',
    }),
    hosts: Type.Array(HostConfig, { default: [] }),
    hostsFrom: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'files with more hosts, or directories of such files (*.yaml, *.yml)',
    }),
    vms: Type.Array(VmRulesConfig, { default: [] }),
  },
  filled,
);

const intervals = (what: string, usual = 3) =>
  Type.Integer({ minimum: 1, maximum: 60, default: usual, description: what });

export const PollingSection = Type.Object(
  {
    intervalSeconds: Type.Number({ minimum: 1, maximum: 3600, default: 10 }),
    deadlineSeconds: Type.Number({
      exclusiveMinimum: 0,
      maximum: 3600,
      default: 5,
      description: 'a host that has not answered by then is late',
    }),
    everyIntervals: Type.Object(
      {
        memory: intervals('the memory that VMs use'),
        disk: intervals('what VMs read and write', 6),
        pressure: intervals('how long vCPUs wait for a CPU'),
        allFromCpu: Type.Number({
          minimum: 0,
          maximum: 1,
          default: 0.8,
          description:
            'a host with so many of its CPUs busy, or 0.2 more than before, is asked for everything; 1: none',
        }),
      },
      { ...filled, description: 'each costs every QEMU a question: they take turns; 1: at every interval' },
    ),
    dirtyRate: Type.Object(
      {
        enabled: Type.Boolean({ default: true }),
        everyMinutes: Type.Number({
          exclusiveMinimum: 0,
          default: 30,
          description: 'each VM is sampled about this often',
        }),
        sampleSeconds: Type.Integer({ minimum: 1, maximum: 60, default: 1 }),
        perHost: Type.Integer({ minimum: 1, default: 1, description: 'samplings at once on one host' }),
      },
      filled,
    ),
    sharedStorage: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'path prefixes that every host sees; disks elsewhere count as local',
    }),
    tls: Type.Object(
      {
        caFile: Type.Optional(Type.String({ minLength: 1 })),
        certificateFile: Type.Optional(Type.String({ minLength: 1 })),
        keyFile: Type.Optional(Type.String({ minLength: 1 })),
      },
      { ...filled, description: 'for qemu+tls hosts; absent: the files that libvirt itself uses' },
    ),
  },
  filled,
);

export const InfluxdbSection = Type.Object(
  {
    url: Type.String({ pattern: '^https?://', description: 'e.g. http://127.0.0.1:8086' }),
    database: Type.String({ pattern: '^[^"\\n\\\\]+$', default: 'evenkeel' }),
    username: Type.Optional(Type.String({ minLength: 1 })),
    passwordFile: SecretFile,
    passwordEnv: SecretVariable,
    tokenFile: SecretFile,
    tokenEnv: SecretVariable,
    caFile: Type.Optional(Type.String({ minLength: 1, description: 'PEM file of the CA of an https url' })),
    manage: Type.Boolean({
      default: true,
      description: 'create database, retention policies and continuous queries; false for 2.x and 3.x',
    }),
    retention: Type.Object(
      {
        raw: duration('7d', 'how long every sample is kept'),
        minutes: duration('30d', 'how long 1 minute means are kept'),
        tenMinutes: duration('400d', 'how long 10 minute means are kept'),
      },
      filled,
    ),
    timeoutSeconds: Type.Number({ exclusiveMinimum: 0, default: 10 }),
  },
  strict,
);

export const GraphiteSection = Type.Object(
  { host: Type.String({ minLength: 1 }), port: port(2003) },
  { ...strict, description: "carbon, or InfluxDB's graphite listener" },
);

export const SpoolSection = Type.Object(
  {
    directory: Type.String({ minLength: 1, default: 'var/spool' }),
    maximumMebibytes: Type.Number({
      minimum: 1,
      default: 1024,
      description: 'for each database; beyond it the oldest samples are dropped, and counted',
    }),
  },
  filled,
);

export const HistorySection = Type.Object(
  {
    window: duration('24h', 'how far back the window in memory reaches, room allowing'),
    maximumMebibytes: Type.Number({ minimum: 1, default: 128 }),
    readBack: duration('2h', 'how much is read from InfluxDB at the start'),
  },
  filled,
);

export const ApiSection = Type.Object(
  {
    address: Type.String({
      minLength: 1,
      default: '127.0.0.1',
      description: 'loopback only unless told otherwise',
    }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: 7480 }),
    tokensFile: Type.Optional(
      Type.String({ minLength: 1, description: 'who may do what; tokens are stored hashed' }),
    ),
    tls: Type.Optional(
      Type.Object(
        { certificateFile: Type.String({ minLength: 1 }), keyFile: Type.String({ minLength: 1 }) },
        { ...strict, description: 'PEM files; absent: plain HTTP' },
      ),
    ),
    grafana: Type.Optional(GrafanaSettings),
  },
  filled,
);

export const JournalSection = Type.Object(
  {
    file: Type.String({ minLength: 1, default: 'var/journal.sqlite', description: 'SQLite' }),
    mysql: Type.Optional(
      Type.Object(
        {
          host: Type.String({ minLength: 1 }),
          port: port(3306),
          database: Type.String({ minLength: 1, default: 'evenkeel' }),
          username: Type.String({ minLength: 1 }),
          passwordFile: SecretFile,
          passwordEnv: SecretVariable,
        },
        { ...strict, description: 'MySQL or MariaDB, shared by several collectors; wins over file' },
      ),
    ),
  },
  filled,
);

/** The one configuration file. */
export const Config = Type.Object(
  {
    fleet: FleetSection,
    policy: Type.Object(Policy.properties, filled),
    polling: PollingSection,
    influxdb: Type.Optional(InfluxdbSection),
    graphite: Type.Optional(GraphiteSection),
    spool: SpoolSection,
    history: HistorySection,
    api: ApiSection,
    journal: JournalSection,
  },
  { $id: 'https://evenkeel.dev/schemas/config.json', additionalProperties: false },
);
export type Config = Static<typeof Config>;
