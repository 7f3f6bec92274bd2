import type { Shape } from './influxql.ts';

const combining = {
  mean: ['averageSeries', 'average'],
  max: ['maxSeries', 'max'],
  min: ['minSeries', 'min'],
  sum: ['sumSeries', 'sum'],
} as const;
const isCombining = (aggregate: string): aggregate is keyof typeof combining => aggregate in combining;

/**
 * The same figure asked of Graphite, by the paths that docs/telemetry.md tells; null where Graphite does not have it
 * (findings, forecasts, migrations, sentences) or has no word for the question.
 */
export function graphiteTarget(shape: Shape, alias: string | undefined): string | null {
  const series = seriesOf(shape);
  if (series === null) return null;
  if (alias === undefined) return series;
  return `alias(${series}, '${alias}')`;
}

function seriesOf(shape: Shape): string | null {
  const [take, ...more] = shape.takes;
  if (take === null || take === undefined || more.length > 0) return null;
  const { aggregate, field } = take;
  if (shape.inner !== null) {
    const inner = seriesOf(shape.inner);
    return inner === null || !isCombining(aggregate) ? null : `${combining[aggregate][0]}(${inner})`;
  }
  const path = pathOf(shape, field);
  if (path === null) return null;
  const isOne = !path.includes('*');
  // Of several hosts each: whoever asks for that combines them.
  if (aggregate === 'rate') return isOne || shape.by.length > 0 ? `perSecond(${path})` : null;
  if (aggregate === 'last') return isOne || shape.by.length > 0 ? `consolidateBy(${path}, 'last')` : null;
  if (!isCombining(aggregate)) return null;
  const [combine, consolidate] = combining[aggregate];
  const series = `consolidateBy(${path}, '${consolidate}')`;
  return isOne || shape.by.length > 0 ? series : `${combine}(${series})`;
}

function pathOf({ measurement, narrowed, by }: Shape, field: string): string | null {
  if (!narrowed.includes('fleet')) return null;
  // Who looks here keeps samples in Graphite: that way to a database is the one to watch.
  if (measurement === 'collector')
    return `evenkeel.$fleet.collector.${field.replace(/^influxdb_/, 'graphite_')}`;
  if (measurement !== 'host' && measurement !== 'vm') return null;
  if (by.some((tag) => tag !== measurement)) return null;
  return `evenkeel.$fleet.${measurement}.${narrowed.includes(measurement) ? `$${measurement}` : '*'}.${field}`;
}
