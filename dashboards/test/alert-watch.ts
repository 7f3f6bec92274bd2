import type { Series } from '../../collector/src/telemetry/influx-http.ts';
import type { AlertRule } from '../src/alert-rule.ts';
import { substitute } from './substitute.ts';

type Labels = Readonly<Record<string, string>>;
type Instance = {
  readonly labels: Labels;
  state: 'normal' | 'pending' | 'alerting' | 'recovering';
  since: number;
  missing: number;
};

const seconds = (text: string): number => {
  const [, number, unit] = /^(\d+)([sm])$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`"${text}" is no duration`);
  return Number(number) * (unit === 'm' ? 60 : 1);
};

/** A series that is not there in two evaluations is over. */
const missingToResolve = 2;

/**
 * One rule as Grafana's alerting evaluates it: the query, the last value of each series, the threshold with its
 * hysteresis, then pending, firing and keeping on firing; no data and errors become what the rule says.
 */
export class AlertWatch {
  readonly uid: string;
  readonly #rule: AlertRule;
  readonly #ask: (query: string) => Promise<readonly Series[]>;
  readonly #instances = new Map<string, Instance>();

  constructor(rule: AlertRule, ask: (query: string) => Promise<readonly Series[]>) {
    this.uid = rule.uid!;
    this.#rule = rule;
    this.#ask = ask;
  }

  /** The labels of what fires now. */
  firing(): Labels[] {
    return [...this.#instances.values()]
      .filter(({ state }) => state === 'alerting' || state === 'recovering')
      .map(({ labels }) => labels);
  }

  /** The labels of what is past its threshold now, be it only for a moment. */
  over(): Labels[] {
    return [...this.#instances.values()]
      .filter(({ state }) => state === 'alerting' || state === 'pending')
      .map(({ labels }) => labels);
  }

  async evaluate(at: number): Promise<void> {
    const [source] = this.#rule.data;
    const { from, to } = source!.relativeTimeRange;
    const range = { from: at - from * 1000, to: at - to * 1000 };
    const query = substitute((source!.model as { query: string }).query, {}, range, '1s', at);
    let series: readonly Series[];
    try {
      series = await this.#ask(query);
    } catch {
      this.#update([{ labels: { alert: 'error' }, isOver: this.#rule.execErrState === 'Alerting' }], at);
      return;
    }
    if (series.length === 0) {
      this.#update([{ labels: { alert: 'no data' }, isOver: this.#rule.noDataState === 'Alerting' }], at);
      return;
    }
    this.#update(
      series.map(({ tags = {}, values }) => ({
        labels: tags,
        isOver: this.#isOver(
          tags,
          values.map((row) => row[1]).findLast((value) => value !== null),
        ),
      })),
      at,
    );
  }

  #isOver(labels: Labels, value: string | number | null | undefined): boolean {
    const { model } = this.#rule.data[2]!;
    const [condition] = (
      model as {
        conditions: { evaluator: { params: number[] }; unloadEvaluator?: { params: number[] } }[];
      }
    ).conditions;
    if (typeof value !== 'number') return false;
    const before = this.#instances.get(JSON.stringify(labels))?.state ?? 'normal';
    const clearAt = condition!.unloadEvaluator?.params[0];
    return before === 'normal' || clearAt === undefined
      ? value > condition!.evaluator.params[0]!
      : value >= clearAt;
  }

  #update(found: readonly { labels: Labels; isOver: boolean }[], at: number): void {
    const pendingMs = seconds(this.#rule.for) * 1000;
    const keepMs = 'keepFiringFor' in this.#rule ? seconds(this.#rule.keepFiringFor) * 1000 : 0;
    const seen = new Set<string>();
    for (const { labels, isOver } of found) {
      const key = JSON.stringify(labels);
      seen.add(key);
      const instance = this.#instances.get(key) ?? { labels, state: 'normal', since: at, missing: 0 };
      this.#instances.set(key, instance);
      instance.missing = 0;
      this.#step(instance, isOver, at, pendingMs, keepMs);
    }
    for (const [key, instance] of this.#instances) {
      if (seen.has(key)) continue;
      instance.missing += 1;
      if (instance.missing >= missingToResolve) this.#instances.delete(key);
    }
  }

  #step(instance: Instance, isOver: boolean, at: number, pendingMs: number, keepMs: number): void {
    const become = (state: Instance['state']): void => {
      if (instance.state !== state) instance.since = at;
      instance.state = state;
    };
    if (isOver) {
      if (instance.state === 'normal') become('pending');
      if (instance.state === 'pending' && at - instance.since >= pendingMs) become('alerting');
      if (instance.state === 'recovering') become('alerting');
      return;
    }
    if (instance.state === 'alerting' && keepMs > 0) become('recovering');
    else if (instance.state !== 'recovering' || at - instance.since >= keepMs) become('normal');
  }
}
