import { RuleBuilder } from '@grafana/grafana-foundation-sdk/alerting';
import type { Query } from './influxql.ts';
import type { Measurement } from './measurements.ts';
import { dataSourceUid } from './target.ts';

export type AlertSpec = {
  /** Kept for ever: what was silenced, and what others link to, hangs on it. */
  readonly uid: string;
  readonly title: string;
  readonly severity: 'warning' | 'critical';
  readonly subject: 'fleet' | 'host' | 'vm';
  readonly query: Query<Measurement>;
  /** The seconds that the query looks back. */
  readonly lookBack: number;
  /** Raised above `over`, and back only at or below `clearAt`: no flapping at the limit. */
  readonly over: number;
  readonly clearAt?: number;
  /** How long it must hold before it pages. */
  readonly pending: string;
  /** How long it keeps firing after it ended. */
  readonly keep?: string;
  /** What silence means: nothing wrong (findings are written only while they stand), or an alert. */
  readonly silence: 'OK' | 'Alerting';
  readonly summary: string;
  /** How the value reads, as a template over {{ $values.B.Value }}. */
  readonly value: string;
  readonly threshold: string;
  readonly page: string;
  readonly dashboard: string;
};

const expression = { type: '__expr__', uid: '__expr__' };

/** Query, the last value of each series, threshold: what Grafana evaluates, in the shape of its files. */
export function alertRule(spec: AlertSpec) {
  const { uid, title, severity, pending, silence, lookBack } = spec;
  const subject = {
    fleet: 'fleet {{ $labels.fleet }}',
    host: 'host {{ $labels.host }}',
    vm: 'VM {{ $labels.vm }} on {{ $labels.host }}',
  }[spec.subject];
  const variables = {
    fleet: '?var-fleet={{ $labels.fleet }}',
    host: '?var-fleet={{ $labels.fleet }}&var-host={{ $labels.host }}',
    vm: '?var-fleet={{ $labels.fleet }}&var-vm={{ $labels.vm }}',
  }[spec.subject];
  const built = new RuleBuilder(title)
    .uid(uid)
    .condition('C')
    .forDuration(pending)
    .noDataState(silence)
    .execErrState('Alerting')
    .labels({ severity, team: 'noc', product: 'evenkeel' })
    .annotations({
      summary: `${subject}: ${spec.summary}`,
      description: `${spec.value}; it alerts over ${spec.threshold}.`,
      value: '{{ if $values.B }}{{ $values.B.Value }}{{ else }}no data{{ end }}',
      threshold: spec.threshold,
      page: `{{ externalURL }}${spec.page}`,
      runbook_url: `docs/runbooks/${uid.replace('evenkeel-', '')}.md`,
      dashboard: `{{ externalURL }}d/${spec.dashboard}${variables}`,
    })
    .build();
  const conditions = (type: string, at: number) => ({ evaluator: { type, params: [at] } });
  const range = { from: lookBack, to: 0 };
  return {
    uid: built.uid,
    title: built.title,
    condition: built.condition,
    for: built.for,
    ...(spec.keep === undefined ? {} : { keepFiringFor: spec.keep }),
    noDataState: built.noDataState,
    execErrState: built.execErrState,
    labels: built.labels,
    annotations: built.annotations,
    data: [
      {
        refId: 'A',
        relativeTimeRange: range,
        datasourceUid: dataSourceUid,
        model: {
          refId: 'A',
          datasource: { type: 'influxdb', uid: dataSourceUid },
          rawQuery: true,
          query: spec.query.text(),
          resultFormat: 'time_series',
          intervalMs: 1000,
          maxDataPoints: 43_200,
        },
      },
      {
        refId: 'B',
        relativeTimeRange: range,
        datasourceUid: '__expr__',
        model: {
          refId: 'B',
          datasource: expression,
          type: 'reduce',
          expression: 'A',
          reducer: 'last',
          settings: { mode: 'dropNN' },
        },
      },
      {
        refId: 'C',
        relativeTimeRange: range,
        datasourceUid: '__expr__',
        model: {
          refId: 'C',
          datasource: expression,
          type: 'threshold',
          expression: 'B',
          conditions: [
            {
              ...conditions('gt', spec.over),
              ...(spec.clearAt === undefined
                ? {}
                : { unloadEvaluator: { type: 'lt', params: [spec.clearAt] } }),
            },
          ],
        },
      },
    ],
  };
}
export type AlertRule = ReturnType<typeof alertRule>;
