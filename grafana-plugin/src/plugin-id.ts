import pluginJson from './plugin.json';

export const pluginId = pluginJson.id;
/** Where the app's pages live; the same in Grafana and in the console. */
export const appPath = `/a/${pluginId}`;
/** Grafana forwards what lies below to the collector, adds the token, and refuses what the role may not do. */
export const proxyPath = `/api/plugin-proxy/${pluginId}`;
