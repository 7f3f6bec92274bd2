import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PluginRoute } from './plugin-proxy.ts';

export type ConsoleFolders = {
  /** Build of the console: the host shell. */
  readonly host: string;
  /** Build of the app plugin, as Grafana would load it. */
  readonly plugin: string;
};

type PluginJson = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly info: object;
  readonly includes?: readonly { readonly type: string; readonly path?: string }[];
  readonly routes?: readonly PluginRoute[];
};

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // Grafana's components style themselves at run time.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const hashedName = /\.[0-9a-f]{16,}\.[a-z0-9]+$/;

/** Null where the console was not built: the API works without it. */
export function findConsole(folders: ConsoleFolders): { readonly app: PluginJson } | null {
  const file = path.join(folders.plugin, 'plugin.json');
  if (!existsSync(file) || !existsSync(path.join(folders.host, 'index.html'))) return null;
  return { app: readPlugin(file) };
}

/** Serves the app's pages where there is no Grafana: the same plugin build, in a small host of our own. */
export async function serveConsole(app: FastifyInstance, folders: ConsoleFolders): Promise<void> {
  await app.register(fastifyStatic, {
    root: [folders.host, folders.plugin],
    serve: false,
    preCompressed: true,
    cacheControl: false,
  });
  const anyone = { config: { role: 'anyone' }, schema: { hide: true } } as const;
  const page = (reply: FastifyReply): FastifyReply =>
    reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('referrer-policy', 'same-origin')
      .header('cache-control', 'no-cache')
      .sendFile('index.html', folders.host);
  for (const url of ['/', '/a/*', '/plugins/*', '/panels/*'])
    app.get(url, anyone, (_request, reply) => page(reply));

  const plugins = describePlugins(folders.plugin);
  app.get('/console/plugins', anyone, async (_request, reply) => reply.send(plugins));

  const files = (url: string, root: string): void => {
    app.get<{ Params: { '*': string } }>(url, anyone, (request, reply) => {
      const name = request.params['*'];
      const cache = hashedName.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';
      return reply.header('cache-control', cache).sendFile(name, root);
    });
  };
  files('/console/*', folders.host);
  files(`/public/plugins/${plugins[0]?.id ?? ''}/*`, folders.plugin);
}

/** What Grafana would tell the browser about the app and the panels nested in it. */
function describePlugins(folder: string): readonly { readonly id: string }[] {
  const app = readPlugin(path.join(folder, 'plugin.json'));
  const base = `/public/plugins/${app.id}`;
  const describe = (plugin: PluginJson, baseUrl: string) => ({
    id: plugin.id,
    name: plugin.name,
    type: plugin.type,
    info: withImages(plugin.info, baseUrl),
    includes: plugin.includes ?? [],
    module: `${baseUrl}/module.js`,
    baseUrl,
    enabled: true,
    pinned: true,
    jsonData: { console: true },
    secureJsonFields: {},
  });
  const panels = (app.includes ?? []).flatMap((include) => {
    if (include.type !== 'panel' || include.path === undefined) return [];
    const panel = readPlugin(path.join(folder, include.path));
    return [describe(panel, `${base}/${path.posix.dirname(include.path)}`)];
  });
  return [describe(app, base), ...panels];
}

function withImages(info: object, baseUrl: string): object {
  const { logos } = info as { logos?: { small?: string; large?: string } };
  const absolute = (file: string | undefined): string => (file === undefined ? '' : `${baseUrl}/${file}`);
  return { ...info, logos: { small: absolute(logos?.small), large: absolute(logos?.large) } };
}

const readPlugin = (file: string): PluginJson => JSON.parse(readFileSync(file, 'utf8')) as PluginJson;
