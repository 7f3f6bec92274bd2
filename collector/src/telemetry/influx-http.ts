import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

export type InfluxSettings = {
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  /** For 2.x and 3.x. */
  readonly token?: string;
  readonly caFile?: string;
  readonly timeoutMs?: number;
};

export type InfluxAnswer = { readonly status: number; readonly body: string };

/** One result row group of an InfluxQL answer. */
export type Series = {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | null)[])[];
};

/** InfluxDB's 1.x HTTP endpoints, which 2.x and 3.x answer as well. */
export class InfluxHttp {
  readonly database: string;
  readonly #settings: InfluxSettings;
  readonly #base: URL;
  readonly #agent: http.Agent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(settings: InfluxSettings) {
    this.#settings = settings;
    this.database = settings.database;
    this.#base = new URL(settings.url);
    const ca = settings.caFile === undefined ? {} : { ca: readFileSync(settings.caFile) };
    const agentOptions = { keepAlive: true, maxSockets: 4, ...ca };
    this.#agent =
      this.#base.protocol === 'https:' ? new https.Agent(agentOptions) : new http.Agent(agentOptions);
    const { username, password, token } = settings;
    this.#headers =
      token !== undefined
        ? { authorization: `Token ${token}` }
        : username !== undefined
          ? { authorization: `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}` }
          : {};
  }

  /** Lines with timestamps in microseconds, compressed. Rejects when there is no answer. */
  write(gzipped: Buffer, signal?: AbortSignal): Promise<InfluxAnswer> {
    const headers = { 'content-encoding': 'gzip', 'content-type': 'text/plain; charset=utf-8' };
    return this.#request('POST', 'write', { db: this.database, precision: 'u' }, headers, gzipped, signal);
  }

  /** Runs InfluxQL; throws a sentence when the server says no. */
  async query(statement: string, signal?: AbortSignal): Promise<Series[]> {
    const parameters = { db: this.database, epoch: 'ms', q: statement };
    // Statements that change something must be POSTed to 1.x; the others are answered to GET by all versions.
    const method = /^\s*(select\b(?![\s\S]*\binto\b)|show\b)/i.test(statement) ? 'GET' : 'POST';
    const answer = await this.#request(method, 'query', parameters, {}, undefined, signal);
    const parsed = parseAnswer(answer.body);
    const error = parsed.error ?? parsed.results?.find((result) => result.error !== undefined)?.error;
    if (error !== undefined || answer.status >= 300)
      throw new Error(
        `InfluxDB answered ${answer.status} to "${shortened(statement)}": ${error ?? shortened(answer.body)}`,
      );
    return (parsed.results ?? []).flatMap(seriesOf);
  }

  /** Runs one SELECT and hands over its rows as they arrive, so that a large answer is never held whole. */
  async queryChunked(statement: string, take: (series: Series) => void): Promise<void> {
    const parameters = { db: this.database, epoch: 'ms', chunked: 'true', chunk_size: '5000', q: statement };
    const response = await this.#open('GET', 'query', parameters, {}, undefined);
    let rest = '';
    const takeLine = (line: string) => {
      if (line.trim() === '') return;
      const parsed = parseAnswer(line);
      const error = parsed.error ?? parsed.results?.find((result) => result.error !== undefined)?.error;
      if (error !== undefined) throw new Error(`InfluxDB answered to "${shortened(statement)}": ${error}`);
      for (const result of parsed.results ?? []) seriesOf(result).forEach(take);
    };
    response.setEncoding('utf8');
    for await (const chunk of response) {
      rest += chunk as string;
      let end: number;
      while ((end = rest.indexOf('\n')) >= 0) {
        takeLine(rest.slice(0, end));
        rest = rest.slice(end + 1);
      }
    }
    takeLine(rest);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #request(
    method: string,
    path: string,
    parameters: Record<string, string>,
    headers: Record<string, string>,
    body?: Buffer,
    signal?: AbortSignal,
  ): Promise<InfluxAnswer> {
    const response = await this.#open(method, path, parameters, headers, body, signal);
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) text += chunk as string;
    return { status: response.statusCode ?? 0, body: text };
  }

  #open(
    method: string,
    path: string,
    parameters: Record<string, string>,
    headers: Record<string, string>,
    body?: Buffer,
    signal?: AbortSignal,
  ): Promise<http.IncomingMessage> {
    const url = new URL(path, this.#base.href.endsWith('/') ? this.#base : `${this.#base.href}/`);
    url.search = new URLSearchParams(parameters).toString();
    const send = url.protocol === 'https:' ? https.request : http.request;
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          method,
          agent: this.#agent,
          headers: { ...this.#headers, ...headers, ...length },
          timeout: this.#settings.timeoutMs ?? 10_000,
          ...(signal === undefined ? {} : { signal }),
        },
        resolve,
      );
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.end(body);
    });
  }
}

type Result = {
  readonly error?: string;
  /** A list without entries has no values at all. */
  readonly series?: readonly (Omit<Series, 'values'> & Partial<Pick<Series, 'values'>>)[];
};
type Parsed = { readonly error?: string; readonly results?: readonly Result[] };

const seriesOf = ({ series = [] }: Result): Series[] => series.map((one) => ({ values: [], ...one }));

function parseAnswer(body: string): Parsed {
  try {
    return JSON.parse(body) as Parsed;
  } catch {
    return body.trim() === '' ? {} : { error: `not JSON: ${shortened(body)}` };
  }
}

const shortened = (text: string): string => (text.length > 160 ? `${text.slice(0, 157)}...` : text);

/** An InfluxQL string, e.g. a tag's value in a condition. */
export const quoteString = (text: string): string =>
  `'${text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`;

export const quoteIdentifier = (name: string): string => `"${name.replace(/[\\"]/g, '\\$&')}"`;
