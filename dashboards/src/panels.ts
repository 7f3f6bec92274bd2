import * as common from '@grafana/grafana-foundation-sdk/common';
import {
  PanelBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DynamicConfigValue,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Measurement } from './measurements.ts';
import type { Query } from './influxql.ts';
import { dataSource, target } from './target.ts';

type Series = { readonly query: Query<Measurement>; readonly alias?: string };

export type PanelText = { readonly title: string; readonly description: string };
type Size = { readonly width: number; readonly height: number };

/** From 0 up; what is below, and so what is not known at all, has no colour: no data is never green. */
export const steps = (lowest: string, ...above: (readonly [value: number, color: string])[]) =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: 'text' },
      { value: 0, color: lowest },
      ...above.map(([value, color]): Threshold => ({ value, color })),
    ]);

const letters = 'ABCDEFGHIJ';
const targetsOf = (series: readonly Series[], format: 'time_series' | 'table') =>
  series.map(({ query, alias }, index) =>
    target(letters[index]!, query, { format, ...(alias === undefined ? {} : { alias }) }),
  );

/** Lines over time. A gap stays a gap: what was not measured is not drawn. */
export function lines(text: PanelText, unit: string, size: Size, ...series: Series[]) {
  return new timeseries.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(dataSource)
    .unit(unit)
    .span(size.width)
    .height(size.height)
    .lineWidth(1)
    .fillOpacity(0)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(120_000)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    )
    .targets(targetsOf(series, 'time_series'));
}

/** Lines of shares 0..1, with the policy's limits drawn across. */
export function shares(text: PanelText, size: Size, limits: readonly Threshold[], ...series: Series[]) {
  const panel = lines(text, 'percentunit', size, ...series)
    .min(0)
    .axisSoftMax(1);
  if (limits.length === 0) return panel;
  return panel
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...limits]))
    .thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
}

/** One number. Says "no data" rather than 0 where there is none. */
export function figure(
  text: PanelText,
  unit: string,
  size: Size,
  thresholds: ReturnType<typeof steps>,
  ...series: Series[]
) {
  return new stat.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(dataSource)
    .unit(unit)
    .span(size.width)
    .height(size.height)
    .thresholds(thresholds)
    .noValue('no data')
    .colorMode(common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.Area)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false))
    .targets(targetsOf(series, 'time_series'));
}

export type Column = { readonly name: string; readonly properties: DynamicConfigValue[] };

export function rows(
  text: PanelText,
  size: Size,
  query: Query<Measurement>,
  columns: readonly Column[],
  sortBy?: string,
) {
  const panel = new table.PanelBuilder()
    .title(text.title)
    .description(text.description)
    .datasource(dataSource)
    .span(size.width)
    .height(size.height)
    .noValue('none')
    .targets(targetsOf([{ query }], 'table'));
  if (sortBy !== undefined)
    panel.sortBy([new common.TableSortByFieldStateBuilder().displayName(sortBy).desc(true)]);
  for (const { name, properties } of columns) panel.overrideByName(name, properties);
  return panel;
}

/**
 * A panel of the app; it reads the collector itself and needs no query. It names Grafana's own data source, since a
 * panel that names none is given an empty query to the default one.
 */
export const appPanel = (text: PanelText, type: string, size: Size, options: object) =>
  new PanelBuilder()
    .type(type)
    .title(text.title)
    .description(text.description)
    .datasource({ type: 'datasource', uid: '-- Grafana --' })
    .span(size.width)
    .height(size.height)
    .options(options);

export const column = (name: string, ...properties: DynamicConfigValue[]): Column => ({ name, properties });
export const unit = (value: string): DynamicConfigValue => ({ id: 'unit', value });
export const width = (value: number): DynamicConfigValue => ({ id: 'custom.width', value });
/** As Grafana 11 names it; the table of 12.3 and later turns it into its own name when it loads. */
export const hidden: DynamicConfigValue = { id: 'custom.hidden', value: true };
export const linked = (title: string, url: string): DynamicConfigValue => ({
  id: 'links',
  value: [{ title, url }],
});
export const leveled: DynamicConfigValue = {
  id: 'mappings',
  value: [
    {
      type: 'value',
      options: {
        '0': { text: 'over', color: 'green', index: 0 },
        '1': { text: 'info', color: 'blue', index: 1 },
        '2': { text: 'warning', color: 'orange', index: 2 },
        '3': { text: 'critical', color: 'red', index: 3 },
      },
    },
  ],
};
