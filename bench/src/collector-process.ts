import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { LibvirtClient } from '@evenkeel/libvirt';
import { EventHub } from '../../collector/src/api/event-hub.ts';
import { systemClock } from '../../collector/src/fleet/clock.ts';
import { defaultPolicy } from '../../collector/src/fleet/default-policy.ts';
import { uncalibrated } from '../../collector/src/fleet/migration-calibration.ts';
import { openJournal } from '../../collector/src/journal/journal.ts';
import { createJudgeState } from '../../collector/src/judge/judge.ts';
import { createObserver } from '../../collector/src/observe/observer.ts';
import { Advisor } from '../../collector/src/service/advisor.ts';
import { PastFindings } from '../../collector/src/service/past-findings.ts';
import { Pipeline } from '../../collector/src/service/pipeline.ts';
import { HistoryReader } from '../../collector/src/telemetry/history.ts';
import { HistoryWindow } from '../../collector/src/telemetry/history-window.ts';
import { Telemetry } from '../../collector/src/telemetry/telemetry.ts';

/** What the benchmark asks of the collector's process, as JSON on its standard input. */
export type CollectorOrder = {
  readonly uris: Readonly<Record<string, string>>;
  readonly influxUrl: string;
  readonly directory: string;
  readonly intervalSeconds: number;
  readonly warmSeconds: number;
  readonly measureSeconds: number;
};

export type CollectorFigures = {
  readonly vmSamples: number;
  readonly pointsWritten: number;
  /** Of hosts and VMs, as the database counts them. */
  readonly samplesStored: number;
  readonly pointsLost: number;
  readonly pollErrors: number;
  readonly freshHosts: number;
  readonly cpuShare: number;
  readonly cpuMicrosecondsPerVmSample: number;
  readonly judgeSeconds: number;
  readonly recommendations: number;
  readonly peakResidentMebibytes: number;
  readonly lagSeconds: { readonly p50: number; readonly p99: number };
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
};

const week = 7 * 86_400;
const loopResolutionMs = 10;
/** As the collector does when nothing begins or ends: every 20 s. */
const advisedOnceIn = 2;

/** Observes, judges, advises, writes and keeps history as the collector does, and measures itself. */
async function run(order: CollectorOrder): Promise<CollectorFigures> {
  let measuring = false;
  const lags: { readonly seconds: number; readonly points: number }[] = [];
  const telemetry = new Telemetry({
    influx: {
      url: order.influxUrl,
      database: 'bench',
      manage: true,
      retention: { rawSeconds: week, minutesSeconds: 5 * week, tenMinutesSeconds: 50 * week },
      timeoutMs: 30_000,
    },
    graphite: null,
    spool: { directory: path.join(order.directory, 'spool'), maximumBytes: 4e9 },
    now: Date.now,
    log: { info: say, warn: say },
    onStored: (batch, at) => {
      if (!measuring) return;
      for (const arrival of batch.arrivals)
        lags.push({ seconds: (at - arrival.at) / 1000, points: arrival.points });
    },
  });
  const history = new HistoryReader({
    fleet: 'bench',
    window: new HistoryWindow({ maximumBytes: 128 * 2 ** 20, windowMs: 86_400_000 }),
    influx: telemetry.influx,
    now: Date.now,
  });
  const observer = createObserver({
    fleet: 'bench',
    hosts: Object.entries(order.uris).map(([name, uri]) => ({
      name,
      uri,
      groups: [],
      priority: 50,
      labels: {},
      maintenance: false,
      neverTarget: false,
      nicMegabitsPerSecond: 10_000,
    })),
    rules: [],
    polling: {
      intervalMs: order.intervalSeconds * 1000,
      deadlineMs: order.intervalSeconds * 500,
      sharedStorage: ['/shared/'],
      dirtyRate: { enabled: true, everyMs: 1_800_000, sampleSeconds: 1, perHost: 1 },
    },
    staleMs: order.intervalSeconds * 4500,
    clock: systemClock,
    connect: (config, onRetryFailed) => new LibvirtClient(config.uri!, { onRetryFailed }),
    log: say,
  });
  const written = { host: 0, vm: 0, others: 0 };
  let vmSamples = 0;
  observer.on('sample', (_host, vms) => {
    if (measuring) vmSamples += vms.length;
  });
  const journal = await openJournal(path.join(order.directory, 'journal.sqlite'), Date.now);
  const pipeline: Pipeline = new Pipeline({
    fleet: 'bench',
    observer,
    judgeState: createJudgeState(),
    policy: () => defaultPolicy,
    draining: () => new Set(),
    history,
    past: new PastFindings('bench', journal.endedFindings, say),
    telemetry: {
      write: (points) => {
        telemetry.write(points);
        for (const { measurement } of points)
          written[measurement === 'host' || measurement === 'vm' ? measurement : 'others']++;
      },
    },
    events: new EventHub('bench'),
    onJudged: () => (++judged % advisedOnceIn === 0 ? advisor.refresh() : null),
    onError: (error) => {
      throw error;
    },
    now: Date.now,
  });
  let judged = 0;
  const advisor: Advisor = new Advisor({
    journal,
    policy: () => defaultPolicy,
    calibration: () => uncalibrated,
    ground: () => pipeline.judged,
    flowing: () => new Map(),
    draining: () => new Set(),
    onChange: () => undefined,
    now: Date.now,
  });
  pipeline.start();
  observer.start();
  await pause(order.warmSeconds * 1000);

  const loop = monitorEventLoopDelay({ resolution: loopResolutionMs });
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 500);
  const started = process.cpuUsage();
  const begun = performance.now();
  loop.enable();
  measuring = true;
  await pause(order.measureSeconds * 1000);
  loop.disable();
  const { user, system } = process.cpuUsage(started);
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(watch);
  const cpuSeconds = (user + system) / 1e6;
  const { snapshot } = observer;
  const errors = observer.costs().reduce((sum, { cost }) => sum + cost.errors, 0);
  observer.stop();
  pipeline.stop();
  await telemetry.flush();
  for (let waited = 0; telemetry.status()[0]!.points > 0 && waited < 120_000; waited += 100) await pause(100);
  measuring = false;
  const status = telemetry.status()[0]!;
  const stored = await telemetry.influx!.http.query(
    'SELECT count("fresh") FROM "vm"; SELECT count("fresh") FROM "host"',
  );
  const found = stored.reduce((sum, series) => sum + Number(series.values[0]?.[1] ?? 0), 0);
  await telemetry.close(0);
  await journal.close();
  const milliseconds = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;
  return {
    vmSamples,
    pointsWritten: written.host + written.vm + written.others,
    samplesStored: found,
    pointsLost: written.host + written.vm - found + status.lost + status.refused,
    pollErrors: errors,
    freshHosts: snapshot.hosts.filter((host) => host.freshness === 'fresh').length,
    cpuShare: cpuSeconds / seconds,
    cpuMicrosecondsPerVmSample: (cpuSeconds * 1e6) / vmSamples,
    judgeSeconds: pipeline.judgeSeconds,
    recommendations: advisor.recommendations().length,
    peakResidentMebibytes: peak / 2 ** 20,
    lagSeconds: { p50: weightedPercentile(lags, 0.5), p99: weightedPercentile(lags, 0.99) },
    loopDelayMs: {
      p50: milliseconds(loop.percentile(50)),
      p99: milliseconds(loop.percentile(99)),
      max: milliseconds(loop.max),
    },
  };
}

function weightedPercentile(
  lags: readonly { readonly seconds: number; readonly points: number }[],
  share: number,
): number {
  const sorted = [...lags].sort((a, b) => a.seconds - b.seconds);
  const total = sorted.reduce((sum, { points }) => sum + points, 0);
  let below = 0;
  for (const { seconds, points } of sorted) {
    below += points;
    if (below >= total * share) return seconds;
  }
  return NaN;
}

function say(message: unknown): void {
  process.stderr.write(`collector: ${String(message)}\n`);
}

let input = '';
process.stdin.setEncoding('utf8');
for await (const chunk of process.stdin) input += chunk as string;
process.stdout.write(`${JSON.stringify(await run(JSON.parse(input) as CollectorOrder))}\n`);
process.exit(0);
