import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { Measurement } from './measurements.ts';
import { graphiteTarget } from './graphite.ts';
import type { Query } from './influxql.ts';

/** The uid that provisioning gives the data source; rules name it, dashboards offer it first. */
export const dataSourceUid = 'evenkeel-influxdb';

/** In dashboards the data source is a variable, so that they can be imported beside any InfluxDB. */
export const dataSource = { type: 'influxdb', uid: '${datasource}' } as const;

export type TargetOptions = { readonly alias?: string; readonly format?: 'time_series' | 'table' };

/** A query as the InfluxDB data source of Grafana takes it. */
export function target<M extends Measurement>(
  refId: string,
  query: Query<M>,
  options: TargetOptions = {},
): { build: () => Dataquery } {
  const { alias, format = 'time_series' } = options;
  const model = {
    refId,
    datasource: dataSource,
    rawQuery: true,
    query: query.text(),
    resultFormat: format,
    ...(alias === undefined ? {} : { alias }),
    // For the Graphite variant of the dashboard; JSON leaves functions out.
    graphite: () => graphiteTarget(query.shape(), alias),
    // The mark by which the SDK tells queries from other objects; JSON leaves it out.
    _implementsDataqueryVariant: () => undefined,
  };
  return { build: () => model };
}
