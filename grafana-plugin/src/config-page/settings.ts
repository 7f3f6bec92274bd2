import type { PluginMeta } from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { pluginId } from '../plugin-id.ts';

export type AppSettings = {
  collectorUrl?: string;
  /** Set by the console, where the collector itself serves the page and there is nothing to configure. */
  console?: boolean;
};

export async function saveSettings(
  meta: PluginMeta<AppSettings>,
  jsonData: AppSettings,
  token: string | null,
): Promise<void> {
  await getBackendSrv().post(`/api/plugins/${pluginId}/settings`, {
    enabled: true,
    pinned: true,
    jsonData: { ...meta.jsonData, ...jsonData },
    // A secret that is not sent stays as it is.
    ...(token === null ? {} : { secureJsonData: { collectorToken: token } }),
  });
}

/** Null when it can be a collector's address; else what is wrong with it. */
export function urlProblem(url: string): string | null {
  if (url.trim() === '') return 'Give the URL of the collector, for example http://collector:7070';
  if (!URL.canParse(url)) return 'This is not a URL. It should look like http://collector:7070';
  const { protocol, pathname, username } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return 'The URL must begin with http:// or https://';
  if (username !== '') return 'Leave user and password out: the token says who asks';
  if (pathname !== '/') return 'Give the address alone, without a path: Grafana adds /api/v1 itself';
  return null;
}
