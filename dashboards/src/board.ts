import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { from } from './influxql.ts';
import type { Tag } from './measurements.ts';
import { dataSource, dataSourceUid } from './target.ts';

export const app = '/a/evenkeel-fleet-app';
/** Links keep the fleet and the data source that are shown. */
const shown = 'var-fleet=${fleet:queryparam}';
export const boardOf = (uid: string, variable: 'host' | 'vm', value: string): string =>
  `/d/${uid}?${shown.replace(':queryparam', '')}&var-${variable}=${value}`;
export const hostBoard = boardOf('evenkeel-host', 'host', '${__value.raw}');
export const vmBoard = boardOf('evenkeel-vm', 'vm', '${__value.raw}');
export const hostPage = `${app}/hosts/\${__value.raw}`;

/**
 * Tag values are read from the index, so a variable costs no scan of samples. VMs are offered host by host: a list of
 * 50,000 names helps nobody.
 */
function tagVariable(tag: Tag, measurement: string, label: string, condition = ''): QueryVariableBuilder {
  const query = `SHOW TAG VALUES FROM "${measurement}" WITH KEY = "${tag}"${condition} LIMIT 5000`;
  return new QueryVariableBuilder(tag)
    .label(label)
    .datasource(dataSource)
    .query({ query, refId: 'values' })
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.AlphabeticalAsc)
    .allowCustomValue(true);
}

export const fleetVariable = (): QueryVariableBuilder => tagVariable('fleet', 'finding', 'Fleet');
export const hostVariable = (): QueryVariableBuilder =>
  tagVariable('host', 'host', 'Host', ' WHERE "fleet" =~ /^$fleet$/');
export const vmVariable = (): QueryVariableBuilder =>
  tagVariable('vm', 'vm', 'VM', ' WHERE "fleet" =~ /^$fleet$/ AND "host" =~ /^$host$/');

/** An annotation as the InfluxDB data source reads it: the SDK has no words for its columns. */
class MigrationAnnotation extends AnnotationQueryBuilder {
  override build() {
    const query = from('migration')
      .inRange()
      .whereVariable('fleet')
      .whereField('running', '=', 0)
      .raw('stage')
      .raw('to')
      .formula('"vm"', 'moved')
      .tag('host')
      .text();
    const target = {
      refId: 'Anno',
      datasource: dataSource,
      query,
      fromAnnotations: true,
      rawQuery: true,
      textColumn: 'moved',
      tagsColumn: 'stage,host,to',
    };
    return Object.assign(super.build(), { target });
  }
}

const migrations = () =>
  new MigrationAnnotation().name('Migrations').datasource(dataSource).enable(true).iconColor('purple');

export type BoardText = { readonly uid: string; readonly title: string; readonly description: string };

// The v1 shape is what every Grafana from 11.6 on loads from files; v2 needs a newer one.
/* eslint-disable @typescript-eslint/no-deprecated */
/** What all our dashboards share: variables, links among them and to the app, and migrations marked on the time axis. */
export function board(text: BoardText, page: readonly [title: string, path: string]): DashboardBuilder {
  return new DashboardBuilder(`Evenkeel / ${text.title}`)
    .uid(text.uid)
    .description(text.description)
    .tags(['evenkeel'])
    .timezone('browser')
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .withVariable(
      new DatasourceVariableBuilder('datasource')
        .label('Data source')
        .type('influxdb')
        .current({ selected: true, text: 'Evenkeel InfluxDB', value: dataSourceUid }),
    )
    .withVariable(fleetVariable())
    .annotation(migrations())
    .link(
      new DashboardLinkBuilder('Evenkeel')
        .type(DashboardLinkType.Dashboards)
        .tags(['evenkeel'])
        .asDropdown(true)
        .includeVars(false)
        .keepTime(true)
        .icon('external link'),
    )
    .link(
      new DashboardLinkBuilder(page[0])
        .type(DashboardLinkType.Link)
        .url(`${app}/${page[1]}`)
        .icon('external link')
        .tooltip('Opens the page of the app'),
    );
}
