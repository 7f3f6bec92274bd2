import { defaultPolicy } from '../../collector/src/fleet/default-policy.ts';
import type { FindingKind } from '../../collector/src/fleet/finding.ts';
import { alertRule, type AlertRule, type AlertSpec } from './alert-rule.ts';
import { from } from './influxql.ts';
import { dimensions, findingLevel } from './measurements.ts';

const app = 'a/evenkeel-fleet-app';
const hostPage = `${app}/hosts/{{ $labels.host }}`;
const vmPage = `${app}/vms/{{ $labels.uuid }}`;
const value = (unit: string): string => `{{ if $values.B }}{{ $values.B.Value }}{{ end }} ${unit}`;

/**
 * A finding is written with every snapshot while it stands and once as 0 when it ends; 45 s hold two snapshots at the
 * slowest usual pace. Its own hysteresis is judge's, so nothing is added here.
 */
const ofHosts = (kind: FindingKind) =>
  from('finding')
    .inRange()
    .whereNot('host', '')
    .where('vm', '')
    .select('last', findingLevel(kind), 'level')
    .by('fleet', 'host');

const hostFinding = (
  kind: FindingKind,
  spec: Pick<AlertSpec, 'uid' | 'title' | 'severity' | 'pending' | 'summary' | 'threshold'> & {
    over?: number;
  },
): AlertSpec => ({
  over: 0,
  ...spec,
  subject: 'host',
  query: ofHosts(kind),
  lookBack: 45,
  silence: 'OK',
  value: value('as severity (1 info, 2 warning, 3 critical)'),
  page: hostPage,
  dashboard: 'evenkeel-host',
});

const { loadMax, pressureMax, horizonMinutes, staleSeconds } = defaultPolicy;

/** Pages within 30 s of the jump: evaluated every 10 s, no pending time where a finding already waited for proof. */
const fast: AlertSpec[] = [
  hostFinding('abrupt-load', {
    uid: 'evenkeel-abrupt-load',
    title: 'Abrupt load',
    severity: 'critical',
    pending: '0s',
    summary: 'its load jumped over the limit faster than was forecast',
    threshold: `the policy's loadMax (by default CPU ${loadMax.cpu}, memory ${loadMax.mem})`,
  }),
  hostFinding('hotspot', {
    uid: 'evenkeel-hot-spot',
    title: 'Hot spot',
    severity: 'critical',
    pending: '30s',
    summary: 'over its limit, and it lasts',
    threshold: `the policy's loadMax (by default CPU ${loadMax.cpu}, memory ${loadMax.mem})`,
  }),
  hostFinding('stale', {
    uid: 'evenkeel-stale-host',
    title: 'Stale host',
    severity: 'critical',
    pending: '10s',
    summary: 'no fresh data; nothing is known of it and its VMs',
    threshold: `the policy's age (by default ${staleSeconds} s)`,
  }),
  hostFinding('insufficient-data', {
    uid: 'evenkeel-no-data-yet',
    title: 'Host never answered',
    severity: 'warning',
    over: 1,
    pending: '2m',
    summary: 'is configured but has sent no data yet',
    threshold: 'one sample',
  }),
  {
    uid: 'evenkeel-collector-silent',
    title: 'Collector silent',
    severity: 'critical',
    subject: 'fleet',
    // How long ago the last finding counts were written; the last point is what says so, so none at all is "no data".
    query: from('finding')
      .inRange()
      .select('count', 'hotspot_count', 'snapshots')
      .by('fleet')
      .byTime('30s', 0)
      .nest()
      .formula('"snapshots" * -1', 'silence')
      .by('fleet'),
    lookBack: 600,
    over: -1,
    pending: '60s',
    silence: 'Alerting',
    summary: 'the collector writes nothing: no other alert can be trusted',
    value: value('snapshots in the last 30 s, as a negative number'),
    threshold: '-1, that is fewer than one snapshot in 30 s, for a minute',
    page: `${app}/fleet`,
    dashboard: 'evenkeel-collector',
  },
];

const slow: AlertSpec[] = [
  hostFinding('hotspot-predicted', {
    uid: 'evenkeel-hot-soon',
    title: 'Hot spot predicted',
    severity: 'warning',
    pending: '1m',
    summary: `forecast to be a hot spot within ${String(horizonMinutes)} min`,
    threshold: `the policy's confidence (by default ${defaultPolicy.hotspot.confidence})`,
  }),
  ...dimensions.map((dimension): AlertSpec => ({
    uid: `evenkeel-class-change-${dimension}`,
    title: `VM about to become high class (${dimension})`,
    severity: 'warning',
    subject: 'vm',
    query: from('forecast')
      .inRange()
      .where('class', 'high')
      .select('last', `${dimension}_class_change_probability`, 'probability')
      .by('fleet', 'host', 'vm', 'uuid'),
    lookBack: 60,
    over: 0,
    pending: '1m',
    keep: '2m',
    silence: 'OK',
    summary: `its ${dimension} load is about to reach class high`,
    value: value('probability'),
    threshold: `the operating point that keeps a precision of ${defaultPolicy.classChangePrecision}`,
    page: vmPage,
    dashboard: 'evenkeel-vm',
  })),
  {
    uid: 'evenkeel-pressure',
    title: 'CPU pressure',
    severity: 'warning',
    subject: 'host',
    query: from('host').inRange().select('mean', 'pressure').by('fleet', 'host'),
    lookBack: 60,
    over: pressureMax,
    clearAt: pressureMax / 2,
    pending: '1m',
    silence: 'OK',
    summary: 'its VMs wait for CPUs (steal)',
    value: value('of the time, mean over a minute'),
    threshold: String(pressureMax),
    page: hostPage,
    dashboard: 'evenkeel-host',
  },
  {
    uid: 'evenkeel-migration-failed',
    title: 'Migration failed',
    severity: 'warning',
    subject: 'vm',
    query: from('migration').inRange().select('last', 'failed').by('fleet', 'host', 'vm', 'uuid'),
    lookBack: 900,
    over: 0,
    pending: '0s',
    silence: 'OK',
    summary: 'its migration failed',
    value: value('(1: failed; over when a later one is done, or after 15 min)'),
    threshold: '0',
    page: `${app}/migrations`,
    dashboard: 'evenkeel-migrations',
  },
  {
    uid: 'evenkeel-reserve',
    title: 'Fleet out of reserve',
    severity: 'warning',
    subject: 'fleet',
    query: from('finding').inRange().select('last', 'reserve_count', 'short').by('fleet'),
    lookBack: 120,
    over: 0,
    pending: '2m',
    keep: '5m',
    silence: 'Alerting',
    summary: 'if the hosts fail that may fail by the policy, not all VMs fit any more',
    value: value('findings'),
    threshold: `0 (the policy keeps ${defaultPolicy.reserve.hosts} host in reserve by default)`,
    page: `${app}/recommendations`,
    dashboard: 'evenkeel-consolidation',
  },
  {
    uid: 'evenkeel-spool',
    title: 'InfluxDB spool growing',
    severity: 'warning',
    subject: 'fleet',
    query: from('collector').inRange().select('last', 'influxdb_spool_age_seconds', 'age').by('fleet'),
    lookBack: 180,
    over: 60,
    clearAt: 10,
    pending: '1m',
    silence: 'Alerting',
    summary: 'points wait for InfluxDB: charts and alerts lag behind',
    value: value('s is the age of the oldest point that waits'),
    threshold: '60 s',
    page: `${app}/fleet`,
    dashboard: 'evenkeel-collector',
  },
];

const group = (name: string, interval: string, specs: readonly AlertSpec[]) => ({
  orgId: 1,
  name,
  // Not the dashboards' folder: Grafana would make a second one of the same name for rules.
  folder: 'Evenkeel alerts',
  interval,
  rules: specs.map(alertRule),
});

/** In the shape of Grafana's alerting files. */
export const ruleFile = (): {
  apiVersion: 1;
  groups: { name: string; interval: string; rules: AlertRule[] }[];
} => ({
  apiVersion: 1,
  groups: [group('evenkeel-fast', '10s', fast), group('evenkeel-slow', '30s', slow)],
});
