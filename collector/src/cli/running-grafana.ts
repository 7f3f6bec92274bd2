import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoGrafana, GrafanaParts } from './demo-grafana.ts';

const dashboards = fileURLToPath(new URL('../../../dashboards/json', import.meta.url));
const folder = { uid: 'evenkeel', title: 'Evenkeel' };

/** A Grafana that runs already: data source, app settings and dashboards are put there by its HTTP API. */
export class RunningGrafana implements DemoGrafana {
  readonly url: string;
  readonly signIn = 'as ever; alert rules come by files only (docs/dashboards.md)';
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url.replace(/\/+$/, '');
    this.#token = token;
  }

  async start({ collectorUrl, token, influxdb }: GrafanaParts): Promise<void> {
    if (influxdb !== null) await this.#putDataSource(influxdb);
    await this.#send('POST', '/api/plugins/evenkeel-fleet-app/settings', {
      enabled: true,
      pinned: true,
      jsonData: { collectorUrl },
      secureJsonData: { collectorToken: token },
    });
    if ((await this.#ask('GET', `/api/folders/${folder.uid}`)).status === 404)
      await this.#send('POST', '/api/folders', folder);
    for (const file of readdirSync(dashboards)) {
      const dashboard = JSON.parse(readFileSync(path.join(dashboards, file), 'utf8')) as object;
      await this.#send('POST', '/api/dashboards/db', {
        dashboard,
        folderUid: folder.uid,
        overwrite: true,
      });
    }
  }

  /** What was put there stays: others look at it. */
  stop(): Promise<void> {
    return Promise.resolve();
  }

  async #putDataSource(url: string): Promise<void> {
    const uid = 'evenkeel-influxdb';
    const source = {
      uid,
      name: 'Evenkeel InfluxDB',
      type: 'influxdb',
      access: 'proxy',
      url,
      jsonData: { version: 'InfluxQL', dbName: 'evenkeel', httpMode: 'POST', timeInterval: '10s' },
    };
    const isThere = (await this.#ask('GET', `/api/datasources/uid/${uid}`)).status === 200;
    if (isThere) await this.#send('PUT', `/api/datasources/uid/${uid}`, source);
    else await this.#send('POST', '/api/datasources', source);
  }

  async #send(method: string, address: string, body: object): Promise<void> {
    const answer = await this.#ask(method, address, body);
    if (answer.ok) return;
    const hint =
      answer.status === 404 && address.startsWith('/api/plugins/')
        ? '; install grafana-plugin/dist there first'
        : '';
    throw new Error(
      `Grafana at ${this.url} answered ${answer.status} to ${method} ${address}: ${(await answer.text()).slice(0, 200)}${hint}`,
    );
  }

  async #ask(method: string, address: string, body?: object): Promise<Response> {
    try {
      return await fetch(this.url + address, {
        method,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
    } catch (cause) {
      throw new Error(`Grafana at ${this.url} does not answer`, { cause });
    }
  }
}
