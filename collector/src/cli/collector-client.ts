import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandIo, UsageError } from './command.ts';

/** Options that every command takes which asks a running collector. */
export const collectorOptions = {
  url: { type: 'string' },
  'token-file': { type: 'string' },
} as const;

export const collectorUsage = `  --url URL          the collector (default: $EVENKEEL_URL, else http://127.0.0.1:7480)
  --token-file FILE  holds the token (default: $EVENKEEL_TOKEN itself, else $EVENKEEL_TOKEN_FILE)
  --json             print what the API answered`;

const defaultUrl = 'http://127.0.0.1:7480';
const timeoutMs = 30_000;

type Problem = {
  readonly detail?: string;
  readonly errors?: readonly { readonly message?: string; readonly advice?: string }[];
};

/** Asks a running collector; what it refuses becomes an error with its own words. */
export class CollectorClient {
  readonly #base: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  constructor(
    values: { readonly url?: string | undefined; readonly 'token-file'?: string | undefined },
    io: Pick<CommandIo, 'env' | 'cwd' | 'signal'>,
  ) {
    const url = values.url ?? io.env.EVENKEEL_URL ?? defaultUrl;
    if (!URL.canParse(url)) throw new UsageError(`"${url}" is no URL; it must look like ${defaultUrl}`);
    this.#base = url.replace(/\/+$/, '');
    this.#token = tokenOf(values['token-file'], io);
    this.#signal = io.signal;
  }

  get<T>(
    address: string,
    query: Readonly<Record<string, string | number | boolean | undefined>> = {},
  ): Promise<T> {
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    );
    const search = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
    return this.#ask<T>('GET', address + search);
  }

  post<T>(address: string, body: unknown, idempotencyKey?: string): Promise<T> {
    return this.#ask<T>('POST', address, body, idempotencyKey);
  }

  /** Every item of a list, page by page. */
  async all<T>(
    address: string,
    query: Readonly<Record<string, string | number | boolean | undefined>>,
  ): Promise<T[]> {
    const limit = 1000;
    const items: T[] = [];
    for (;;) {
      const page = await this.get<{ total: number; items: T[] }>(address, {
        ...query,
        limit,
        offset: items.length,
      });
      items.push(...page.items);
      if (page.items.length === 0 || items.length >= page.total) return items;
    }
  }

  async #ask<T>(method: string, address: string, body?: unknown, idempotencyKey?: string): Promise<T> {
    let answer: Response;
    try {
      answer = await fetch(`${this.#base}/api/v1${address}`, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (cause) {
      throw new Error(
        `no collector answers at ${this.#base}; start one (evenkeel serve), or name another with --url`,
        { cause },
      );
    }
    const text = await answer.text();
    if (answer.ok) return (text === '' ? null : JSON.parse(text)) as T;
    throw new Error(refusal(answer.status, text));
  }
}

function refusal(status: number, text: string): string {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // Not an answer of the collector's own: a proxy before it, perhaps.
  }
  const more = (problem.errors ?? []).flatMap(({ message, advice }) =>
    message === undefined ? [] : [`\n  - ${message}${advice === undefined ? '' : ` (${advice})`}`],
  );
  return `${problem.detail ?? `the collector answered ${status}`}${more.length > 1 ? more.join('') : ''}`;
}

function tokenOf(file: string | undefined, io: Pick<CommandIo, 'env' | 'cwd'>): string {
  const { EVENKEEL_TOKEN: token, EVENKEEL_TOKEN_FILE: tokenFile } = io.env;
  if (file === undefined && token !== undefined && token !== '') return token;
  const name = file ?? tokenFile;
  if (name === undefined) {
    throw new UsageError(
      'a token is needed: set EVENKEEL_TOKEN, or name its file with --token-file ("evenkeel token create" makes one)',
    );
  }
  try {
    return readFileSync(path.resolve(io.cwd, name), 'utf8').trim();
  } catch (cause) {
    throw new UsageError(`the token file ${name} cannot be read`, { cause });
  }
}
