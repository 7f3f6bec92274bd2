import { LibvirtClient } from '@evenkeel/libvirt';
import type { FastifyInstance } from 'fastify';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock as actClock } from './act/clock.ts';
import { createController } from './act/create-controller.ts';
import { libvirtHypervisor } from './act/libvirt-hypervisor.ts';
import { createApi } from './api/api-server.ts';
import type { ConsoleFolders } from './api/console.ts';
import { EventHub } from './api/event-hub.ts';
import { GrafanaIdentity } from './api/grafana-identity.ts';
import type { Services } from './api/services.ts';
import { TokenFile } from './api/token-file.ts';
import type { Config } from './config/config.ts';
import { durationSeconds } from './config/duration.ts';
import type { LoadedConfig, Secrets } from './config/load-config.ts';
import { systemClock, type Clock } from './fleet/clock.ts';
import type { Sliced } from './fleet/sliced.ts';
import { openJournal } from './journal/journal.ts';
import { Observer } from './observe/observer.ts';
import { createJudgeState } from './judge/judge.ts';
import { warmJudgeState } from './judge/warm-state.ts';
import { Advisor } from './service/advisor.ts';
import { Health } from './service/health.ts';
import { HistoryGatherer } from './service/history-gatherer.ts';
import type { Log } from './service/log.ts';
import { observerSettings } from './service/observer-settings.ts';
import { PastFindings } from './service/past-findings.ts';
import { Pipeline } from './service/pipeline.ts';
import { RunningMigrations } from './service/running-migrations.ts';
import { PolicyKeeper } from './service/policy-keeper.ts';
import { readSessionKey } from './service/session-key.ts';
import { migrationPoint, recommendationPoints } from './telemetry/action-points.ts';
import { HistoryWindow } from './telemetry/history-window.ts';
import { HistoryReader } from './telemetry/history.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import { version } from './version.ts';

export type CollectorOptions = {
  readonly loaded: LoadedConfig;
  readonly log: Log;
  /** Said in the API, so that nobody takes a demonstration for their hosts. */
  readonly simulated?: boolean;
  readonly console?: ConsoleFolders;
  /** Other than the machine's where hours are to pass in minutes. */
  readonly clock?: Clock;
};

export type Collector = {
  readonly url: string;
  readonly tokens: TokenFile;
  /** What is written to the databases, and how far they are behind. */
  readonly telemetry: Pick<Telemetry, 'flush' | 'status'>;
  /** Takes a changed configuration without losing what is known; some changes need a restart, and the log says so. */
  readonly reconfigure: (loaded: LoadedConfig) => Promise<void>;
  readonly stop: () => Promise<void>;
};

const healthEveryMs = 60_000;
/** Advice is made anew when something begins or ends, and otherwise this often. */
const adviseEveryMs = 20_000;
const mebibyte = 1_048_576;

/** Wires the rooms together and starts them from the ground up; `stop` goes the other way. */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const { log, clock = systemClock } = options;
  let { loaded } = options;
  const { config } = loaded;
  const { now } = clock;
  const stops: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const journal = await openJournal(journalAddress(loaded), now);
    stops.push(() => journal.close());
    const events = new EventHub(randomBytes(6).toString('hex'));

    const telemetry = new Telemetry({
      influx: influxOf(loaded),
      graphite: config.graphite ?? null,
      spool: { directory: config.spool.directory, maximumBytes: config.spool.maximumMebibytes * mebibyte },
      now,
      log,
    });
    stops.push(() => telemetry.close());
    const history = new HistoryReader({
      fleet: config.fleet.name,
      window: new HistoryWindow({
        maximumBytes: config.history.maximumMebibytes * mebibyte,
        windowMs: durationSeconds(config.history.window) * 1000,
      }),
      influx: telemetry.influx,
      now,
    });
    const policy = new PolicyKeeper(journal.policies, config.policy, now, (changed) => {
      observer.reconfigure(observerSettings(loaded, changed));
    });
    await policy.load();

    let advisedAt = 0;
    const judgeState = createJudgeState();
    const gatherer = new HistoryGatherer((histories) => {
      warmJudgeState(judgeState, histories, policy.get());
    });
    await history
      .readBack({
        windowMs: durationSeconds(config.history.readBack) * 1000,
        take: (key, at, load) => {
          gatherer.take(key, at, load);
        },
      })
      .catch((cause: unknown) => {
        // At the very first start there is no database yet.
        if (String(cause).includes('database not found')) return;
        log.warn(`history before this start was not read back: ${String(cause)}`);
      });
    gatherer.end();

    const observer = new Observer({
      ...observerSettings(loaded, policy.get()),
      clock,
      log: log.warn,
      connect: (host, onRetryFailed) =>
        new LibvirtClient(host.uri ?? '', {
          onRetryFailed: (error) => {
            onRetryFailed(error);
          },
        }),
    });
    const past = new PastFindings(config.fleet.name, journal.endedFindings, (cause) => {
      log.warn(`findings that ended were not written to the journal: ${String(cause)}`);
    });
    await past.load();
    stops.push(() => past.written());
    const pipeline = new Pipeline({
      fleet: config.fleet.name,
      observer,
      judgeState,
      policy: policy.get,
      draining: () => controller.drainingHosts(),
      history,
      past,
      telemetry,
      events,
      now,
      onJudged: (judgement) => {
        const news = judgement.began.length + judgement.ended.length > 0;
        if (!news && now() - advisedAt < adviseEveryMs) return null;
        advisedAt = now();
        return adviseAndTell();
      },
      onError: (cause) => {
        log.error(`a snapshot could not be judged: ${String(cause)}`);
      },
    });
    const hypervisor = libvirtHypervisor((name) => {
      const host = loaded.config.fleet.hosts.find((one) => one.name === name);
      if (host?.uri === undefined) return null;
      return {
        uri: host.uri,
        migrationUri: host.migrationUri ?? host.uri,
        dataUri: host.migrationDataUri ?? null,
      };
    });
    stops.push(() => {
      hypervisor.close();
    });
    const controller = createController({
      journal,
      hypervisor,
      fleet: {
        snapshot: () => pipeline.snapshot,
        judgement: () => pipeline.judged?.judgement ?? null,
        policy: policy.get,
        recommendations: () => advisor.recommendations(),
        moves: () => advisor.moves(),
        planDrain: (host) => advisor.planDrain(host),
      },
      clock: { ...actClock, now },
      log: log.warn,
    });
    const running = new RunningMigrations();
    const advisor = new Advisor({
      journal,
      policy: policy.get,
      calibration: () => running.calibration,
      ground: () => pipeline.judged,
      flowing: () => running.byHost(),
      draining: controller.drainingHosts,
      onChange: (recommendations) => {
        events.publish('recommendation', { at: now(), items: recommendations });
      },
      now,
    });
    const adviseAndTell = function* (): Sliced<void> {
      yield* advisor.refresh();
      telemetry.write(recommendationPoints(config.fleet.name, now(), advisor.recommendations()));
    };
    await advisor.load();
    pipeline.start();
    stops.push(() => {
      pipeline.stop();
    });
    observer.start();
    stops.push(() => {
      observer.stop();
    });
    stops.push(
      controller.subscribe((event) => {
        if (event.type === 'drain') events.publish('drain', event.drain);
        else {
          const { migration } = event;
          running.take(migration);
          events.publish('migration', migration);
          telemetry.write([migrationPoint(config.fleet.name, migration, event.at)]);
          if (migration.stage === 'done') {
            advisor.moved({ uuid: migration.uuid, from: migration.from, to: migration.to, at: event.at });
            learn().catch((cause: unknown) => {
              log.warn(`what the last migration taught is not known: ${String(cause)}`);
            });
          }
        }
      }),
    );
    await controller.start();
    const learn = async (): Promise<void> => {
      running.calibration = (await controller.migrations.forecastRecord(1)).calibration;
    };
    await learn();
    stops.push(() => controller.stop());

    const health = new Health({
      fleet: config.fleet.name,
      observer,
      pipeline,
      telemetry,
      listeners: () => events.listeners,
      now,
    });
    let cancelHealth: () => void;
    const tellHealth = (): void => {
      cancelHealth = clock.after(healthEveryMs, () => {
        telemetry.write(health.points());
        tellHealth();
      });
    };
    tellHealth();
    stops.push(() => {
      cancelHealth();
      health.stop();
    });

    const services: Services = {
      info: {
        version,
        fleet: config.fleet.name,
        startedAt: now(),
        simulated: options.simulated ?? false,
        telemetry: () => history.source,
      },
      fleet: {
        snapshot: () => pipeline.snapshot,
        judgement: () => pipeline.judged?.judgement ?? null,
        history: async (subject, range) => ({
          subject,
          ...range,
          ...(await history.series({ type: subject.type, id: subject.id }, range)),
        }),
        pastFindings: ({ from, to, limit }) => Promise.resolve(past.between(from, to, limit)),
      },
      advice: advisor,
      migrations: controller.migrations,
      drains: controller.drains,
      policy,
      audit: journal.audit,
      health: { readiness: () => health.readiness(), metrics: () => health.metrics() },
      events,
    };
    const state = stateDirectory(config);
    const tokens = new TokenFile(config.api.tokensFile ?? path.join(state, 'tokens.json'));
    const api = await createApi(services, {
      findToken: (id) => tokens.find(id),
      sessionKey: readSessionKey(path.join(state, 'session.key')),
      log: process.stderr,
      ...(options.console ? { console: options.console } : {}),
      ...(config.api.grafana ? { grafana: new GrafanaIdentity(config.api.grafana) } : {}),
      ...(config.api.tls ? { tls: readTls(config.api.tls) } : {}),
    });
    stops.push(() => api.close());
    const url = await listen(api, config.api);
    return {
      url,
      tokens,
      telemetry,
      stop,
      reconfigure: async (changed) => {
        const before = loaded;
        loaded = changed;
        if (JSON.stringify(changed.config.policy) !== JSON.stringify(before.config.policy)) {
          await policy.fromFile(changed.config.policy);
        }
        observer.reconfigure(observerSettings(changed, policy.get()));
      },
    };
  } catch (cause) {
    await stop();
    throw cause;
  }
}

/** Beside the journal's file lie the collector's own small files: tokens, the key of sessions. */
const stateDirectory = (config: Config): string => path.dirname(config.journal.file);

function journalAddress({ config, secrets }: LoadedConfig): string {
  const { mysql, file } = config.journal;
  if (!mysql) return file;
  const url = new URL(`mysql://${mysql.host}:${mysql.port}/${encodeURIComponent(mysql.database)}`);
  url.username = mysql.username;
  url.password = secrets.mysqlPassword ?? '';
  return url.href;
}

function influxOf({ config: { influxdb }, secrets }: { readonly config: Config; readonly secrets: Secrets }) {
  if (!influxdb) return null;
  const { url, database, username, caFile, manage, retention, timeoutSeconds } = influxdb;
  const { influxdbPassword: password, influxdbToken: token } = secrets;
  return {
    url,
    database,
    manage,
    timeoutMs: timeoutSeconds * 1000,
    retention: {
      rawSeconds: durationSeconds(retention.raw),
      minutesSeconds: durationSeconds(retention.minutes),
      tenMinutesSeconds: durationSeconds(retention.tenMinutes),
    },
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

function readTls({ certificateFile, keyFile }: NonNullable<Config['api']['tls']>) {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file);
    } catch (cause) {
      throw new Error(`api.tls names ${file}, which cannot be read; name a PEM file`, { cause });
    }
  };
  return { cert: read(certificateFile), key: read(keyFile) };
}

async function listen(api: FastifyInstance, { address, port }: Config['api']): Promise<string> {
  try {
    return await api.listen({ host: address, port });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new Error(
        `port ${port} on ${address} is taken; stop what listens there, or set another api.port (--port for npm start)`,
        { cause },
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'EACCES') {
      throw new Error(`cannot listen on ${address}:${port} (${code}); set another api.address or api.port`, {
        cause,
      });
    }
    throw cause;
  }
}
