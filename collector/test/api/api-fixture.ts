import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { TestContext } from 'node:test';
import { createApi, type ApiOptions } from '../../src/api/api-server.ts';
import { ApiProblem } from '../../src/api/problem.ts';
import { EventHub } from '../../src/api/event-hub.ts';
import type { Role } from '../../src/api/role.ts';
import type { Services } from '../../src/api/services.ts';
import { createToken, type TokenRecord } from '../../src/api/token.ts';
import { ActError } from '../../src/act/act-error.ts';
import type { AuditEntry } from '../../src/fleet/audit-entry.ts';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import type { Finding } from '../../src/fleet/finding.ts';
import type { Judgement } from '../../src/fleet/judgement.ts';
import type { Policy } from '../../src/fleet/policy.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import { uncalibrated } from '../../src/fleet/migration-calibration.ts';
import { migrationOf } from '../journal/journal-samples.ts';
import { fixtureSnapshot } from './fixture-snapshot.ts';

export const startedAt = 1_800_000_000_000;

export type Fixture = {
  readonly app: FastifyInstance;
  readonly tokens: Readonly<Record<Role, string>>;
  readonly audit: AuditEntry[];
  readonly events: EventHub;
  readonly records: Map<string, TokenRecord>;
  /** What came to the services: name and arguments. */
  readonly asked: { readonly what: string; readonly args: readonly unknown[] }[];
  readonly turnClock: (ms: number) => void;
  readonly set: (change: { snapshot?: Snapshot | null; findings?: readonly Finding[] }) => void;
  readonly as: (
    role: Role,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    headers?: Record<string, string>,
  ) => Promise<LightMyRequestResponse>;
};

/** The API over services of this file's own: a small fleet, and a memory of what was asked. */
export async function apiFixture(t: TestContext, options: Partial<ApiOptions> = {}): Promise<Fixture> {
  let now = startedAt;
  let snapshot: Snapshot | null = fixtureSnapshot(startedAt);
  let judgement: Judgement | null = judgementOf(snapshot, []);
  let policy: Policy = defaultPolicy;
  const audit: AuditEntry[] = [];
  const asked: Fixture['asked'] = [];
  const events = new EventHub('epoch');
  const refusing = { uuid: snapshot.vms[0]!.uuid };
  const recall =
    <T>(what: string, answer: T) =>
    (...args: readonly unknown[]): Promise<T> => {
      asked.push({ what, args });
      return Promise.resolve(answer);
    };

  const services: Services = {
    info: { version: '1.2.3', fleet: 'test', startedAt, simulated: true, telemetry: () => 'embedded' },
    fleet: {
      snapshot: () => snapshot,
      judgement: () => judgement,
      history: (subject, range) =>
        Promise.resolve({
          subject,
          ...range,
          source: 'embedded',
          at: [range.from],
          cpu: [0.5],
          mem: [null],
          net: [null],
          disk: [null],
          pressure: [0],
        }),
      pastFindings: () => Promise.resolve([{ ...finding('host-1'), until: now }]),
    },
    advice: {
      recommendations: () => [],
      dismiss: (...args) => {
        asked.push({ what: 'dismiss', args });
        return args[0] === 'known'
          ? Promise.resolve()
          : Promise.reject(new ApiProblem('not-found', 'There is no such recommendation now.'));
      },
      whatIf: recall('whatIf', { snapshotSequence: 7, recommendations: [], effects: [], problems: ['none'] }),
      place: recall('place', {
        snapshotSequence: 7,
        host: 'host-1',
        switchOn: false,
        reason: 'It has the most room.',
        effects: [],
        gain: 0,
        alternatives: [{ host: 'host-0', lost: 'It has less.', effects: [] }],
        refused: [{ host: 'host-2', code: 'memory', reason: 'host-2 lacks the memory.' }],
      }),
      targets: recall('targets', []),
    },
    migrations: {
      preflight: recall('preflight', {
        uuid: refusing.uuid,
        vm: 'vm-0',
        from: 'host-0',
        to: 'host-1',
        at: now,
        allowed: true,
        checks: [],
        forecast: null,
        effects: [],
      }),
      request: (request, actor, key) => {
        asked.push({ what: 'request', args: [request, actor, key] });
        if (request.reason === 'break') throw new Error('secret: the password is hunter2');
        return request.to === 'host-1'
          ? Promise.resolve(migration)
          : Promise.reject(
              new ActError('refused', 'preflight', 'It cannot move there.', [
                { where: 'memory', message: 'too little', advice: 'choose another host' },
              ]),
            );
      },
      list: recall('list', { items: [migration], total: 1 }),
      get: (id) => Promise.resolve(id === migration.id ? migration : null),
      requestApproval: recall('requestApproval', migration),
      approve: recall('approve', migration),
      reject: recall('reject', migration),
      abort: recall('abort', migration),
      tune: recall('tune', migration),
      forecastRecord: recall('forecastRecord', {
        calibration: uncalibrated,
        scored: [],
        medianSecondsError: null,
        downtimeWithinFactorTwo: null,
      }),
    },
    drains: {
      preview: recall('preview', drain),
      start: recall('start', drain),
      list: () => Promise.resolve([drain]),
      get: (id) => Promise.resolve(id === drain.id ? drain : null),
      pause: recall('pause', drain),
      resume: recall('resume', drain),
      cancel: recall('cancel', drain),
    },
    policy: {
      get: () => policy,
      replace: (wanted) => {
        policy = wanted;
        return Promise.resolve(policy);
      },
    },
    audit: {
      append: (entry) => {
        audit.push(entry);
        return Promise.resolve();
      },
      list: () => Promise.resolve(audit),
    },
    health: {
      readiness: () => ({
        ready: snapshot !== null,
        checks: [{ name: 'first snapshot', ok: snapshot !== null, required: true, message: 'so it is' }],
      }),
      metrics: () => [
        {
          name: 'evenkeel_hosts',
          help: 'Hosts\nof the fleet',
          type: 'gauge',
          samples: [{ labels: { host: 'a"b\\c' }, value: 2 }],
        },
      ],
    },
    events,
  };
  const records = new Map<string, TokenRecord>();
  const token = (role: Role): string => {
    const made = createToken({
      name: `the ${role}`,
      role,
      createdAt: now,
      expiresAt: null,
      forGrafana: false,
    });
    records.set(made.record.id, made.record);
    return made.text;
  };
  const tokens = { viewer: token('viewer'), operator: token('operator'), admin: token('admin') };
  const app = await createApi(services, {
    findToken: (id) => records.get(id),
    sessionKey: Buffer.alloc(32, 7),
    now: () => now,
    ...options,
  });
  t.after(() => app.close());
  return {
    app,
    tokens,
    audit,
    events,
    records,
    asked,
    turnClock: (ms) => {
      now += ms;
    },
    set: (change) => {
      if (change.snapshot !== undefined) snapshot = change.snapshot;
      judgement = snapshot ? judgementOf(snapshot, change.findings ?? []) : null;
    },
    as: (role, method, url, body, headers = {}) =>
      app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${tokens[role]}`, ...headers },
        ...(body === undefined ? {} : { payload: body }),
      }),
  };
}

export const finding = (host: string, severity: Finding['severity'] = 'warning'): Finding => ({
  id: `hotspot:host:${host}`,
  kind: 'hotspot',
  severity,
  subject: { type: 'host', id: host, name: host },
  since: startedAt,
  at: startedAt,
  message: `Host ${host} is a hot spot.`,
  evidence: [],
  rank: 1,
});

const judgementOf = (snapshot: Snapshot, findings: readonly Finding[]): Judgement => ({
  at: snapshot.at,
  sequence: snapshot.sequence,
  findings,
  began: [],
  changed: [],
  ended: [],
  classes: new Map(snapshot.vms.map((vm, index) => [vm.uuid, index % 2 === 0 ? 'high' : 'low'])),
  classChanges: [
    {
      uuid: snapshot.vms[0]?.uuid ?? '',
      vm: 'vm-0',
      host: 'host-0',
      dimension: 'cpu',
      from: 'high',
      to: 'low',
      at: startedAt,
      when: startedAt + 600_000,
      probability: 0.8,
      announced: true,
    },
  ],
  blockedHosts: new Set(),
  suspectHosts: new Set(),
  forecast: (_subject, dimension, minutes) =>
    dimension === 'cpu' ? { minutes, value: 0.6, low: 0.5, high: 0.7 } : null,
});

const migration = migrationOf(
  'm-1',
  {
    uuid: '00000000-0000-4000-a000-000000000000',
    vm: 'vm-0',
    from: 'host-0',
    to: 'host-1',
    requestedBy: 'the operator',
  },
  startedAt,
);

const drain = {
  id: 'd-1',
  host: 'host-0',
  recommendation: null,
  state: 'running' as const,
  cause: null,
  requestedBy: 'the operator',
  reason: null,
  startedAt,
  endedAt: null,
  wave: 0,
  waves: 1,
  moves: [],
  migrations: [],
  stays: [],
};
