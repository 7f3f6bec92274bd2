import type { Fields, Measurement, Tag } from './measurements.ts';

type Aggregate = 'mean' | 'max' | 'min' | 'last' | 'first' | 'sum' | 'count' | 'spread';
type Fill = 'none' | 'null' | 'previous' | 0;
/** What a query takes of one field, for those who say it in another language; null: what only InfluxQL can say. */
export type Take = {
  readonly aggregate: Aggregate | 'rate';
  readonly field: string;
} | null;
/** A query without its words: what it takes, of whom, and from which query if from one. */
export type Shape = {
  readonly measurement: string;
  readonly takes: readonly Take[];
  /** Tags that a variable of the same name narrows. */
  readonly narrowed: readonly Tag[];
  readonly by: readonly Tag[];
  readonly inner: Shape | null;
};

type State = {
  readonly takes: readonly Take[];
  readonly narrowed: readonly Tag[];
  readonly by: readonly Tag[];
  readonly columns: readonly string[];
  readonly conditions: readonly string[];
  readonly groups: readonly string[];
  readonly fill: Fill | null;
  readonly tail: string;
};

const quote = (name: string): string => `"${name.replaceAll('"', '\\"')}"`;
const literal = (value: string): string => `'${value.replaceAll("'", "\\'")}'`;

/** One InfluxQL query; fields and tags are checked against what the collector writes. Each call gives a new query. */
export class Query<M extends Measurement> {
  readonly #from: string;
  readonly #state: State;
  readonly #inner: Shape | null;

  constructor(from: string, state: State, inner: Shape | null = null) {
    this.#from = from;
    this.#state = state;
    this.#inner = inner;
  }

  #with(change: Partial<State>): Query<M> {
    return new Query<M>(this.#from, { ...this.#state, ...change }, this.#inner);
  }

  #column(text: string, take: Take = null): Query<M> {
    const { columns, takes } = this.#state;
    return this.#with({ columns: [...columns, text], takes: [...takes, take] });
  }

  /** An aggregate of a field, named as the field unless told otherwise. */
  select(aggregate: Aggregate, field: Fields[M], as: string = field): Query<M> {
    return this.#column(`${aggregate}(${quote(field)}) AS ${quote(as)}`, { aggregate, field });
  }

  /** The field as it stands, beside a selector or alone. */
  raw(field: Fields[M], as: string = field): Query<M> {
    return this.#column(field === as ? quote(field) : `${quote(field)} AS ${quote(as)}`);
  }

  tag(tag: Tag): Query<M> {
    return this.#column(quote(tag));
  }

  /** Per second, of a counter that may start again at zero. */
  rate(field: Fields[M], as: string = field): Query<M> {
    const take = { aggregate: 'rate', field } as const;
    return this.#column(`non_negative_derivative(last(${quote(field)}), 1s) AS ${quote(as)}`, take);
  }

  /** A formula over fields and aggregates, for what the rest of this class has no word for. */
  formula(text: string, as: string): Query<M> {
    const [, aggregate, field] = /^(sum|mean|max|min)\("(\w+)"\)$/.exec(text) ?? [];
    const take = field === undefined ? null : { aggregate: aggregate as Aggregate, field };
    return this.#column(`${text} AS ${quote(as)}`, take);
  }

  where(tag: Tag, value: string): Query<M> {
    return this.#condition(`${quote(tag)} = ${literal(value)}`);
  }

  whereNot(tag: Tag, value: string): Query<M> {
    return this.#condition(`${quote(tag)} != ${literal(value)}`);
  }

  /** The value of a dashboard variable; Grafana escapes it, as it stands in a regular expression. */
  whereVariable(tag: Tag, variable: string = tag): Query<M> {
    return this.#condition(`${quote(tag)} =~ /^$${variable}$/`).#with({
      narrowed: [...this.#state.narrowed, tag],
    });
  }

  whereField(field: Fields[M], operator: '=' | '>' | '<' | '!=', value: number | string): Query<M> {
    const right = typeof value === 'number' ? String(value) : literal(value);
    return this.#condition(`${quote(field)} ${operator} ${right}`);
  }

  /** Of a query over findings by subject: those that have not ended. */
  whereLevel(): Query<M> {
    return this.#condition('"severity" > 0');
  }

  /** What holds now, whatever range the dashboard shows. */
  lately(span: string): Query<M> {
    return this.#condition(`time > now() - ${span}`);
  }

  inRange(): Query<M> {
    return this.#condition('$timeFilter');
  }

  #condition(text: string): Query<M> {
    return this.#with({ conditions: [...this.#state.conditions, text] });
  }

  by(...tags: Tag[]): Query<M> {
    const { groups, by } = this.#state;
    return this.#with({ groups: [...groups, ...tags.map(quote)], by: [...by, ...tags] });
  }

  byTime(step = '$__interval', fill: Fill = 'none'): Query<M> {
    return this.#with({ groups: [`time(${step})`, ...this.#state.groups], fill });
  }

  /** Of a query over another's rows: the same range and steps again, for the outer one knows nothing of the inner. */
  byTimeOutside(step?: string): Query<M> {
    return this.inRange().byTime(step);
  }

  newest(most: number): Query<M> {
    return this.#with({ tail: ` ORDER BY time DESC LIMIT ${String(most)}` });
  }

  /** A query over the rows of this one. */
  nest(): Query<M> {
    return new Query<M>(`(${this.text()})`, nothing, this.shape());
  }

  shape(): Shape {
    const { takes, narrowed, by } = this.#state;
    return { measurement: this.#from.replaceAll('"', ''), takes, narrowed, by, inner: this.#inner };
  }

  text(): string {
    const { columns, conditions, groups, fill, tail } = this.#state;
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const by = groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`;
    const filled = fill === null ? '' : ` fill(${String(fill)})`;
    return `SELECT ${columns.join(', ')} FROM ${this.#from}${where}${by}${filled}${tail}`;
  }
}

const nothing: State = {
  takes: [],
  narrowed: [],
  by: [],
  columns: [],
  conditions: [],
  groups: [],
  fill: null,
  tail: '',
};

export const from = <M extends Measurement>(measurement: M): Query<M> =>
  new Query<M>(quote(measurement), nothing);

/** Within the fleet that the dashboard shows, and its range. */
export const inFleet = <M extends Measurement>(measurement: M): Query<M> =>
  from(measurement).inRange().whereVariable('fleet');

/** Within the fleet that the dashboard shows, what holds now: two polls at the slowest usual pace. */
export const nowInFleet = <M extends Measurement>(measurement: M, span = '2m'): Query<M> =>
  from(measurement).lately(span).whereVariable('fleet');
