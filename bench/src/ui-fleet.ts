import path from 'node:path';
import { createApi } from '../../collector/src/api/api-server.ts';
import { EventHub } from '../../collector/src/api/event-hub.ts';
import type { Services } from '../../collector/src/api/services.ts';
import { createToken } from '../../collector/src/api/token.ts';
import { defaultPolicy } from '../../collector/src/fleet/default-policy.ts';
import { createJudgeState, judge } from '../../collector/src/judge/judge.ts';
import { JudgeFleet } from './judge-fleet.ts';

const root = path.join(import.meta.dirname, '../..');
const tickMs = 5000;

export type UiFleet = {
  readonly url: string;
  readonly token: string;
  /** Goes on by one interval of a clock that moves only here, and tells those who listen. */
  readonly tick: () => void;
  readonly close: () => Promise<unknown>;
};

/** The real API, the console and the judge over a fleet that is computed: what the pages of a fleet of that size get. */
export async function startUiFleet(hosts: number, vmsPerHost: number): Promise<UiFleet> {
  const fleet = new JudgeFleet(hosts, vmsPerHost);
  const state = createJudgeState();
  const events = new EventHub('bench');
  const startedAt = Date.now();
  let [at, sequence] = [startedAt, 1];
  let snapshot = fleet.snapshot(at, sequence);
  let judgement = judge(snapshot, state, defaultPolicy);
  const refuse = (): Promise<never> => Promise.reject(new Error('nobody acts in this benchmark'));
  const services: Services = {
    info: { version: 'bench', fleet: 'bench', startedAt, simulated: true, telemetry: () => 'embedded' },
    fleet: {
      snapshot: () => snapshot,
      judgement: () => judgement,
      history: refuse,
      pastFindings: () => Promise.resolve([]),
    },
    advice: {
      recommendations: () => [],
      dismiss: refuse,
      whatIf: refuse,
      targets: () => Promise.resolve([]),
      place: refuse,
    },
    migrations: {
      preflight: refuse,
      request: refuse,
      requestApproval: refuse,
      approve: refuse,
      reject: refuse,
      list: () => Promise.resolve({ items: [], total: 0 }),
      get: () => Promise.resolve(null),
      abort: refuse,
      tune: refuse,
      forecastRecord: refuse,
    },
    drains: {
      preview: refuse,
      start: refuse,
      list: () => Promise.resolve([]),
      get: () => Promise.resolve(null),
      pause: refuse,
      resume: refuse,
      cancel: refuse,
    },
    policy: { get: () => defaultPolicy, replace: refuse },
    audit: { append: () => Promise.resolve(), list: () => Promise.resolve([]) },
    health: { readiness: () => ({ ready: true, checks: [] }), metrics: () => [] },
    events,
  };
  const made = createToken({
    name: 'bench',
    role: 'admin',
    createdAt: startedAt,
    expiresAt: null,
    forGrafana: false,
  });
  const app = await createApi(services, {
    findToken: (id) => (id === made.record.id ? made.record : undefined),
    sessionKey: Buffer.alloc(32, 7),
    console: { host: path.join(root, 'console/dist'), plugin: path.join(root, 'grafana-plugin/dist') },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    token: made.text,
    tick: () => {
      at += tickMs;
      sequence += 1;
      snapshot = fleet.snapshot(at, sequence);
      judgement = judge(snapshot, state, defaultPolicy);
      events.publish('snapshot', { at, sequence });
    },
    close: () => app.close(),
  };
}
