import type { Role } from './role.ts';

/** The part of plugin.json that Grafana's own proxy reads. */
export type PluginRoute = {
  readonly path: string;
  readonly url: string;
  readonly method?: string;
  readonly reqRole?: string;
};

/** What Node's request says of itself. */
type ProxiedRequest = { readonly method?: string | undefined; readonly url?: string | undefined };

const prefix = '/api/plugin-proxy/';
/** Grafana puts the collector's address here; the console is at that address. */
const template = '{{ .JsonData.collectorUrl }}';
const roles: Readonly<Record<string, Role>> = { Viewer: 'viewer', Editor: 'operator', Admin: 'admin' };

/**
 * The console's stand-in for Grafana's plugin proxy: the app's requests are sent on to the API by plugin.json's own
 * routes, in its order, with its roles. So a route that is missing or too open there shows here as well.
 */
export class PluginProxy {
  readonly #app: string;
  readonly #routes: readonly PluginRoute[];
  readonly #needed = new WeakMap<ProxiedRequest, Role>();

  constructor(app: string, routes: readonly PluginRoute[]) {
    this.#app = app;
    this.#routes = routes;
  }

  /** The address inside the API; one that no route matches stays as it is, and is not found there. */
  rewrite(request: ProxiedRequest): string {
    const url = request.url ?? '/';
    const start = `${prefix}${this.#app}/`;
    if (!url.startsWith(start)) return url;
    const rest = url.slice(start.length);
    const path = rest.split('?', 1)[0] ?? '';
    // The first that matches decides, as in Grafana; the method is compared exactly.
    const route = this.#routes.find((one) => matches(one, path, request.method ?? 'GET'));
    if (route === undefined || path.split('/').includes('..')) return url;
    const role = route.reqRole === undefined ? 'viewer' : roles[route.reqRole];
    if (role === undefined) return url;
    this.#needed.set(request, role);
    const upstream = route.url.replace(template, '');
    const tail = route.path.endsWith('/*') ? path.slice(route.path.length - 2) : '';
    return `${upstream}${tail}${rest.slice(path.length)}`;
  }

  /** What the route asks of the caller, beyond what the API asks itself. */
  neededFor(request: ProxiedRequest): Role | null {
    return this.#needed.get(request) ?? null;
  }
}

function matches({ method, path: pattern }: PluginRoute, path: string, asked: string): boolean {
  if (method !== undefined && method !== '' && method !== asked) return false;
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.every((part, index) =>
      part === '*' && index === wanted.length - 1 ? given.length > index : part === given[index],
    ) &&
    (wanted.at(-1) === '*' || wanted.length === given.length)
  );
}
