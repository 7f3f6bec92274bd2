export type Range = { readonly from: number; readonly to: number };

const escapeRegex = (value: string): string => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');

/**
 * A query as Grafana sends it: its InfluxDB data source puts variables in, escaped where they stand in a regular
 * expression, several values as alternatives; its backend puts the range and the interval in. InfluxDB's own now() is
 * that of the machine, and here time is another, so it is put in as well.
 */
export function substitute(
  query: string,
  variables: Readonly<Record<string, string | readonly string[]>>,
  range: Range,
  interval: string,
  now: number,
): string {
  const filled = query.replace(/\$(\w+)|\$\{(\w+)\}/g, (found, plain?: string, braced?: string) => {
    const name = plain ?? braced!;
    const value = variables[name];
    if (value === undefined) return found;
    if (typeof value !== 'string') return `(${value.map(escapeRegex).join('|')})`;
    // As Grafana does it: what begins as a number is left as it is.
    const isInRegex = new RegExp(`/\\^?.*\\$\\{?${name}\\}?.*\\$?/`).test(query);
    return isInRegex && Number.isNaN(Number.parseFloat(value)) ? escapeRegex(value) : value;
  });
  return filled
    .replaceAll('$timeFilter', `time >= ${range.from}ms and time <= ${range.to}ms`)
    .replaceAll('$__interval', interval)
    .replaceAll('now()', `${now}ms`);
}
