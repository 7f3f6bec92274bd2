export type GraphiteSeries = { readonly step: number; readonly values: ReadonlyMap<number, number> };

/** Reads the series of one path, which may have one `*` for a whole name. */
export type ReadPath = (path: string) => GraphiteSeries[];

type Combine = (values: readonly number[]) => number;
const sum: Combine = (values) => values.reduce((a, b) => a + b, 0);
const combines: Readonly<Record<string, Combine>> = {
  sumSeries: sum,
  averageSeries: (values) => sum(values) / values.length,
  maxSeries: (values) => Math.max(...values),
  minSeries: (values) => Math.min(...values),
};

/** The few of Graphite's functions that the dashboards use, as its manual tells them, at the step of what is stored. */
export function renderTarget(target: string, read: ReadPath): GraphiteSeries[] {
  const call = /^(\w+)\((.*)\)$/.exec(target);
  if (call === null) return read(target);
  const [, name, inside] = call as unknown as [string, string, string];
  // Names and ways to consolidate come after the series, in quotes.
  const series = renderTarget(inside.replace(/, '[^']*'$/, ''), read);
  if (name === 'alias' || name === 'consolidateBy') return series;
  if (name === 'perSecond') return series.map(perSecond);
  const combine = combines[name];
  if (combine === undefined) throw new Error(`"${name}" is not known here`);
  const times = new Set(series.flatMap(({ values }) => [...values.keys()]));
  const values = new Map<number, number>();
  for (const time of times) values.set(time, combine(series.flatMap((one) => one.values.get(time) ?? [])));
  return [{ step: series[0]?.step ?? 0, values }];
}

/** No value where the one before is missing, or was higher. */
function perSecond({ step, values }: GraphiteSeries): GraphiteSeries {
  const rates = new Map<number, number>();
  for (const [time, value] of values) {
    const before = values.get(time - step);
    if (before !== undefined && value >= before) rates.set(time, (value - before) / step);
  }
  return { step, values: rates };
}
