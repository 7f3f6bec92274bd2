import { getBackendSrv, isFetchError } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { proxyPath } from '../plugin-id.ts';

/** What went wrong between the browser and the collector, in a sentence that says what to do. */
export class CollectorError extends Error {
  readonly status: number;
  /** The collector's own answer; null when it never answered. */
  readonly problem: Problem | null;

  constructor(message: string, status: number, problem: Problem | null) {
    super(message);
    this.name = 'CollectorError';
    this.status = status;
    this.problem = problem;
  }
}

type Problem = { title?: string; detail?: string; status?: number };

type Params = Record<string, string | number | boolean | undefined>;

export const read = async <T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> =>
  call<T>('GET', path, params, undefined, undefined, signal);

export const send = async <T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<T> => call<T>(method, path, undefined, body, headers);

async function call<T>(
  method: string,
  path: string,
  params?: Params,
  data?: unknown,
  headers?: Record<string, string>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    const answer = getBackendSrv().fetch<T>({
      url: `${proxyPath}/${path}`,
      method,
      params,
      data,
      headers,
      abortSignal: signal,
      showErrorAlert: false,
    });
    return (await lastValueFrom(answer)).data;
  } catch (error) {
    throw explain(error);
  }
}

function explain(error: unknown): CollectorError {
  if (!isFetchError<Problem | string | undefined>(error)) {
    return new CollectorError(
      'Grafana cannot be reached. Check the network; the page tries again by itself.',
      0,
      null,
    );
  }
  const problem = typeof error.data === 'object' ? error.data : null;
  if (problem?.detail !== undefined) return new CollectorError(problem.detail, error.status, problem);
  return new CollectorError(wordsFor(error.status), error.status, problem);
}

function wordsFor(status: number): string {
  switch (status) {
    case 401:
      return 'The collector does not accept the token of this app. An admin can set a new one on the configuration page.';
    case 403:
      return 'Your role may not do this.';
    case 404:
      return 'The collector does not know this. It may have gone meanwhile.';
    case 502:
    case 504:
      return 'The collector does not answer. Is it running, and is its URL right on the configuration page?';
    default:
      return `The collector answered HTTP ${String(status)}.`;
  }
}
