import assert from 'node:assert/strict';
import type { Series } from '../../collector/src/telemetry/influx-http.ts';
import { builtFiles } from '../src/built-files.ts';
import { substitute } from './substitute.ts';

export type BoardQuery = { readonly where: string; readonly query: string };
type Board = {
  readonly title: string;
  readonly panels: readonly { title: string; targets?: readonly { refId: string; query: string }[] }[];
  readonly templating: { list: readonly { name: string; query?: string | { query: string } }[] };
  readonly annotations: { list: readonly { name: string; target?: { query: string } }[] };
};

/** Every query of every dashboard for InfluxDB: of panels, of variables, of annotations. */
export function boardQueries(): BoardQuery[] {
  const found: BoardQuery[] = [];
  for (const [file, text] of builtFiles()) {
    if (!file.startsWith('dashboards/json/')) continue;
    const { title, panels, templating, annotations } = JSON.parse(text) as Board;
    for (const { title: panel, targets = [] } of panels)
      for (const { refId, query } of targets) found.push({ where: `${title}, ${panel}, ${refId}`, query });
    for (const { name, query } of templating.list)
      if (typeof query === 'object') found.push({ where: `${title}, variable ${name}`, query: query.query });
    for (const { name, target } of annotations.list)
      if (target) found.push({ where: `${title}, annotation ${name}`, query: target.query });
  }
  return found;
}

/**
 * Asks queries until each has given a value in each of its columns. What is only there while something goes on is
 * asked for again when that goes on; an error is an error at any time.
 */
export class Unanswered {
  /** What is missing still: the query, and those of its columns that came empty so far. */
  readonly #left = new Map<BoardQuery, Set<string> | null>(boardQueries().map((query) => [query, null]));
  readonly asked: number;

  constructor() {
    this.asked = this.#left.size;
  }

  async ask(
    run: (query: string) => Promise<readonly Series[]>,
    at: number,
    variables: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<void> {
    const range = { from: at - 3 * 3_600_000, to: at };
    for (const [query, columns] of this.#left) {
      const text = substitute(query.query, variables, range, '10s', at);
      assert.doesNotMatch(text, /(?<!\\)\$[\w{]/, `${query.where} has a variable that nobody fills in`);
      const series = await run(text).catch((cause: unknown) => {
        throw new Error(`${query.where}: ${String(cause)}`, { cause });
      });
      const missing = columns ?? new Set(series.flatMap((one) => one.columns));
      for (const { columns: names, values } of series)
        for (const [index, name] of names.entries())
          if (values.some((row) => row[index] !== null)) missing.delete(name);
      if (missing.size === 0 && series.length > 0) this.#left.delete(query);
      else this.#left.set(query, series.length > 0 ? missing : columns);
    }
  }

  /** For a message: what never gave a value. */
  list(): string[] {
    return [...this.#left].map(([{ where }, columns]) =>
      columns === null ? `${where}: nothing` : `${where}: nothing in ${[...columns].join(', ')}`,
    );
  }
}
