import type { BackendSrv, BackendSrvRequest, FetchResponse } from '@grafana/runtime';
import { from, lastValueFrom, map, type Observable } from 'rxjs';

/** Grafana's HTTP client as plugins use it, over `fetch`: same paths, same answers, same errors. */
export function createBackendSrv(csrfToken: string): BackendSrv {
  const send = async <T>(options: BackendSrvRequest): Promise<FetchResponse<T>> => {
    const url = withParams(options.url, options.params);
    const body = options.data === undefined ? undefined : JSON.stringify(options.data);
    const response = await fetch(url, {
      method: options.method ?? 'GET',
      headers: {
        accept: 'application/json',
        'x-evenkeel-csrf': csrfToken,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body }),
      ...(options.abortSignal === undefined ? {} : { signal: options.abortSignal }),
    });
    const data = (await read(response, options.responseType)) as T;
    const { status, statusText, ok, headers, redirected, type } = response;
    if (!ok) {
      // The shape that Grafana throws and `isFetchError` recognises.
      throw Object.assign(new Error(statusText), { status, statusText, data: data ?? {}, config: options });
    }
    return { data, status, statusText, ok, headers, redirected, type, url, config: options };
  };
  const request = async <T>(options: BackendSrvRequest): Promise<T> => (await send<T>(options)).data;
  const withBody =
    (method: string) =>
    async <T>(url: string, data?: unknown, options?: Partial<BackendSrvRequest>): Promise<T> =>
      request<T>({ ...options, url, method, data });
  const fetchObservable = <T>(options: BackendSrvRequest): Observable<FetchResponse<T>> =>
    from(send<T>(options));
  return {
    get: async <T>(
      url: string,
      params?: Record<string, unknown>,
      _id?: string,
      options?: Partial<BackendSrvRequest>,
    ) => request<T>({ ...options, url, ...(params === undefined ? {} : { params }) }),
    delete: withBody('DELETE'),
    post: withBody('POST'),
    patch: withBody('PATCH'),
    put: withBody('PUT'),
    request,
    datasourceRequest: async <T>(options: BackendSrvRequest) => lastValueFrom(fetchObservable<T>(options)),
    fetch: fetchObservable,
    chunked: (options: BackendSrvRequest) =>
      fetchObservable<ArrayBuffer>({ ...options, responseType: 'arraybuffer' }).pipe(
        map((response) => ({ ...response, data: new Uint8Array(response.data) })),
      ),
  };
}

function withParams(url: string, params: Record<string, unknown> | undefined): string {
  if (params === undefined) return url;
  const search = new URLSearchParams();
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  for (const [key, value] of Object.entries(params)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null) search.append(key, textOf(one));
    }
  }
  const query = search.toString();
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

async function read(response: Response, type: BackendSrvRequest['responseType']): Promise<unknown> {
  if (type === 'text') return response.text();
  if (type === 'arraybuffer') return response.arrayBuffer();
  if (type === 'blob') return response.blob();
  const text = await response.text();
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
