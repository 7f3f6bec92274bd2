import type { CommandIo } from './command.ts';

export type GrafanaParts = {
  readonly collectorUrl: string;
  /** That Grafana's app presents to the collector. */
  readonly token: string;
  readonly influxdb: string | null;
};

/** A Grafana in which the demonstration is shown, beside the console. */
export type DemoGrafana = {
  readonly url: string;
  /** How people get in. */
  readonly signIn: string;
  readonly start: (parts: GrafanaParts) => Promise<void>;
  readonly stop: () => Promise<void>;
};

/** The one that GRAFANA_URL names, or else the one of this machine, on this port; null: the console alone. */
export async function demoGrafana(
  env: CommandIo['env'],
  directory: string,
  port: number,
): Promise<DemoGrafana | null> {
  const { GRAFANA_URL: url, GRAFANA_TOKEN: token } = env;
  if (url && token) return new (await import('./running-grafana.ts')).RunningGrafana(url, token);
  const { findGrafana, PrivateGrafana } = await import('./private-grafana.ts');
  const installed = findGrafana(env);
  return installed === null ? null : new PrivateGrafana(installed, directory, port);
}
