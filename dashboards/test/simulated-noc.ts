import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate as breathe, setTimeout as pause } from 'node:timers/promises';
import { stringify } from 'yaml';
import { createToken } from '../../collector/src/api/token.ts';
import { loadConfig } from '../../collector/src/config/load-config.ts';
import { startCollector, type Collector } from '../../collector/src/main.ts';
import { carryOut, type FleetOrder } from '../../collector/src/simulate/control-server.ts';
import { createSimClock } from '../../collector/src/simulate/sim-clock.ts';
import type { SimFleetPlan } from '../../collector/src/simulate/sim-fleet.ts';
import { SimulatedFleet } from '../../collector/src/simulate/simulated-fleet.ts';
import type { SimVmPlan } from '../../collector/src/simulate/sim-vm.ts';
import { InfluxHttp } from '../../collector/src/telemetry/influx-http.ts';
import type { PrivateInfluxd } from '../../collector/src/telemetry/private-influxd.ts';
import { HandClock } from '../../collector/test/observe/hand-clock.ts';
import { influxdFor, scratchDirectory } from '../../collector/test/telemetry/service.ts';

const gib = 1024 ** 3;
export const hostNames = ['kvm-1.example', 'kvm-2.example', 'kvm-3.example', 'kvm-4.example'] as const;
/** A name that regular expressions and InfluxQL would stumble over if it were not escaped. */
export const oddVm = 'mail (old)/db+1 "é" $x';

let vms = 0;
function vm(name: string, vcpus: number, memGib: number, cpu: number): SimVmPlan {
  vms += 1;
  return {
    uuid: `00000000-0000-4000-a000-${String(vms).padStart(12, '0')}`,
    name,
    vcpus,
    memBytes: memGib * gib,
    seed: vms,
    disk: `/shared/${vms}.qcow2`,
    workload: (_seconds, into) => {
      Object.assign(into, { cpu, mem: 0.25, rxBytesPerSecond: 2e5, txBytesPerSecond: 3e5 });
      Object.assign(into, { readBytesPerSecond: 1e6, writeBytesPerSecond: 1e6, pageWritesPerSecond: 400 });
    },
  };
}

/** Calm by itself: whatever happens, the test orders. Each host has more vCPUs than CPUs, as hosts do. */
function plan(): SimFleetPlan {
  const apps = (host: number, count: number): SimVmPlan[] =>
    Array.from({ length: count }, (_, i) => vm(`app-${host}-${i + 1}`, 4, 6, 0.35));
  const own = [
    [...apps(1, 5), vm('spare-1', 1, 30, 0.02)],
    [...apps(2, 5), vm(oddVm, 8, 8, 0.2)],
    [...apps(3, 4), vm('mem-1', 2, 6, 0.2), vm('net-1', 2, 6, 0.2), vm('disk-1', 2, 6, 0.2)],
    [...apps(4, 2), vm('spare-2', 1, 48, 0.02)],
  ];
  return {
    hosts: own.map((vms, index) => ({
      name: hostNames[index]!,
      uuid: `00000000-0000-4000-b000-00000000000${index + 1}`,
      cores: 16,
      memBytes: 64 * gib,
      nicBitsPerSecond: 1e9,
      vms,
    })),
  };
}

const calm = { info: () => undefined, warn: () => undefined, error: () => undefined };

/**
 * A simulated fleet, the whole collector over it and a real influxd, on a clock of their own: an hour passes as fast as
 * everything that happens in it can be done. It begins some hours ago, so that no point lies in the machine's future.
 */
export class SimulatedNoc {
  readonly influxd: PrivateInfluxd;
  readonly http: InfluxHttp;
  readonly #clock: HandClock;
  readonly #simulated: SimulatedFleet;
  readonly #configFile: string;
  #collector: Collector | null = null;
  #token = '';
  #flushedAt = 0;
  #flushEveryMs = 5000;

  private constructor(
    parts: { influxd: PrivateInfluxd; clock: HandClock; simulated: SimulatedFleet },
    configFile: string,
  ) {
    this.influxd = parts.influxd;
    this.#clock = parts.clock;
    this.#simulated = parts.simulated;
    this.#configFile = configFile;
    this.http = new InfluxHttp({ url: parts.influxd.url, database: 'evenkeel' });
  }

  static async start(t: TestContext, graphitePort?: number): Promise<SimulatedNoc> {
    // Before the database goes, which ends with the test as well: what happens first is asked for first.
    let end = (): Promise<void> => Promise.resolve();
    t.after(() => end());
    const influxd = await influxdFor(t);
    const begin = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 6 * 3_600_000;
    const clock: HandClock = new HandClock(begin, () => noc.#settled());
    const simulated = await SimulatedFleet.start(plan(), { clock: createSimClock(clock.now) });
    const state = scratchDirectory(t, 'noc');
    const configFile = path.join(state, 'evenkeel.yaml');
    const noc: SimulatedNoc = new SimulatedNoc({ influxd, clock, simulated }, configFile);
    end = async () => {
      simulated.stop();
      noc.http.close();
      await noc.stopCollector();
    };
    const config = {
      fleet: {
        name: 'noc',
        hosts: [...simulated.uris()].map(([name, uri]) => ({
          name,
          uri,
          nicMegabitsPerSecond: 1000,
          diskMegabytesPerSecond: 500,
        })),
      },
      polling: {
        intervalSeconds: 10,
        deadlineSeconds: 5,
        dirtyRate: { everyMinutes: 4 },
        sharedStorage: ['/shared/'],
      },
      influxdb: { url: influxd.url },
      ...(graphitePort === undefined ? {} : { graphite: { host: '127.0.0.1', port: graphitePort } }),
      spool: { directory: path.join(state, 'spool') },
      journal: { file: path.join(state, 'journal.sqlite') },
      api: { port: 0 },
    };
    writeFileSync(configFile, stringify(config));
    return noc;
  }

  now(): number {
    return Math.round(this.#clock.now());
  }

  order(order: FleetOrder): Promise<void> {
    return carryOut(this.#simulated, order);
  }

  async startCollector(): Promise<void> {
    const { monotonic, after } = this.#clock;
    this.#collector = await startCollector({
      loaded: loadConfig(this.#configFile, {}),
      log: calm,
      clock: { now: () => this.now(), monotonic, after },
    });
    const { text, record } = createToken({
      name: 'test',
      role: 'admin',
      createdAt: Date.now(),
      expiresAt: null,
      forGrafana: false,
    });
    this.#collector.tokens.add(record);
    this.#token = text;
  }

  async stopCollector(): Promise<void> {
    const collector = this.#collector;
    this.#collector = null;
    await collector?.stop();
  }

  async pass(seconds: number): Promise<void> {
    await this.#clock.pass(seconds * 1000);
    await this.#deliver();
  }

  /** A long time in which nobody looks: what it brings is stored by the minute. */
  async passUnseen(seconds: number): Promise<void> {
    const before = this.#flushEveryMs;
    this.#flushEveryMs = 60_000;
    await this.pass(seconds);
    this.#flushEveryMs = before;
  }

  async ask<T>(address: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.#collector!.url}/api/v1${address}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    assert.ok(answer.ok, `${address}: ${answer.status} ${await answer.clone().text()}`);
    return (await answer.json()) as T;
  }

  /** Waits until InfluxDB, which was away, has all that piled up. */
  async caughtUp(): Promise<void> {
    const { telemetry } = this.#collector!;
    await telemetry.flush();
    while (telemetry.status().some(({ points }) => points > 0)) await pause(5);
  }

  /** Migrates a VM through the API, to that end; failing and aborting happen while its memory is copied. */
  async migrate(name: string, from: string, to: string, end: 'done' | 'failed' | 'aborted'): Promise<void> {
    const { items } = await this.ask<{ items: { uuid: string; name: string }[] }>(
      `/vms?host=${from}&limit=100`,
    );
    const { uuid } = items.find((vm) => vm.name === name)!;
    const { id } = await this.ask<{ id: string }>('/migrations', { uuid, to, from });
    const reach = async (...stages: string[]): Promise<void> => {
      for (;;) {
        const migration = await this.ask<{ stage: string; error: unknown; progress: unknown }>(
          `/migrations/${id}`,
        );
        if (stages.includes(migration.stage) && (end === 'done' || migration.progress !== null)) return;
        assert.ok(
          !['done', 'failed', 'aborted'].includes(migration.stage),
          `${name} shall be ${end}: ${JSON.stringify(migration)}`,
        );
        // The migration itself goes by the machine's clock, and takes a look at it now and then.
        await pause(20);
        await this.#clock.pass(250);
      }
    };
    await reach('copying', 'switching', 'done');
    if (end === 'failed') await this.order({ order: 'fail-migration', vm: uuid });
    if (end === 'aborted') await this.ask(`/migrations/${id}/abort`, {});
    await reach(end);
    await this.#deliver();
  }

  /** Everything here is in one process: some turns of its loop, and questions to hosts have their answers. */
  async #settled(): Promise<void> {
    for (let turn = 0; turn < 30; turn += 1) await breathe();
    // About as often as a collector in real time sends what it has, so that it never seems to lag behind.
    if (this.now() - this.#flushedAt >= this.#flushEveryMs) await this.#deliver();
  }

  async #deliver(): Promise<void> {
    this.#flushedAt = this.now();
    const telemetry = this.#collector?.telemetry;
    await telemetry?.flush();
    while (telemetry?.status().some(({ points, state }) => points > 0 && state !== 'away')) await pause(1);
  }
}
