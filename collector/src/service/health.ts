import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric } from '../api/metric.ts';
import type { Readiness } from '../api/readiness.ts';
import type { Observer } from '../observe/observer.ts';
import { collectorPoints, type CollectorHealth } from '../telemetry/collector-points.ts';
import type { Point } from '../telemetry/point.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Pipeline } from './pipeline.ts';

export type HealthOptions = {
  readonly fleet: string;
  readonly observer: Observer;
  readonly pipeline: Pipeline;
  readonly telemetry: Telemetry;
  readonly listeners: () => number;
  readonly now: () => number;
};

/** The collector's own figures: for whoever watches the watcher. */
export class Health {
  readonly #options: HealthOptions;
  readonly #loop: ReturnType<typeof monitorEventLoopDelay>;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#loop = monitorEventLoopDelay({ resolution: 20 });
    this.#loop.enable();
  }

  stop(): void {
    this.#loop.disable();
  }

  points(): Point[] {
    const { fleet, now } = this.#options;
    const points = collectorPoints(fleet, now(), this.#read());
    this.#loop.reset();
    return points;
  }

  readiness(): Readiness {
    const { pipeline, telemetry, observer } = this.#options;
    const snapshot = pipeline.snapshot;
    const fresh = snapshot?.hosts.filter((host) => host.freshness === 'fresh').length ?? 0;
    const hosts = observer.costs().length;
    const checks: Readiness['checks'] = [
      {
        name: 'first snapshot',
        ok: snapshot !== null,
        required: true,
        message: snapshot === null ? 'no snapshot was made yet' : `snapshot ${snapshot.sequence}`,
      },
      {
        name: 'hosts',
        ok: hosts === 0 || fresh > 0,
        required: true,
        message: hosts === 0 ? 'no host is configured' : `${fresh} of ${hosts} hosts answer`,
      },
      ...telemetry.status().map((writer) => ({
        name: writer.name,
        ok: writer.state === 'up' && writer.lost === 0,
        required: false,
        message:
          writer.state === 'up'
            ? writer.lost === 0
              ? `${writer.stored} points stored`
              : `${writer.lost} points were lost while it was away`
            : `${writer.reason ?? 'not answering yet'}; ${writer.points} points wait in the spool`,
      })),
    ];
    return { ready: checks.every(({ ok, required }) => ok || !required), checks };
  }

  metrics(): Metric[] {
    const health = this.#read();
    const { pipeline, listeners } = this.#options;
    const plain = (name: string, help: string, value: number, type: Metric['type'] = 'gauge'): Metric => ({
      name: `evenkeel_${name}`,
      help,
      type,
      samples: [{ value }],
    });
    const perWriter = (
      name: string,
      help: string,
      type: Metric['type'],
      of: (writer: CollectorHealth['writers'][number]) => number,
    ): Metric => ({
      name: `evenkeel_writer_${name}`,
      help,
      type,
      samples: health.writers.map((writer) => ({
        labels: { writer: writer.name.toLowerCase() },
        value: of(writer),
      })),
    });
    const polls = (of: (cost: CollectorHealth['costs'][number]) => number): number =>
      health.costs.reduce((sum, cost) => sum + of(cost), 0);
    return [
      plain('hosts', 'Hosts of the fleet', health.hosts),
      plain('hosts_fresh', 'Hosts whose data is fresh', health.freshHosts),
      plain('vms', 'VMs of the fleet', health.vms),
      plain('vms_fresh', 'VMs whose data is fresh', health.freshVms),
      plain(
        'polls_total',
        'Reads of a host',
        polls((cost) => cost.polls),
        'counter',
      ),
      plain(
        'poll_errors_total',
        'Reads of a host that failed',
        polls((cost) => cost.errors),
        'counter',
      ),
      plain(
        'polls_late_total',
        'Reads of a host past their deadline',
        polls((cost) => cost.late),
        'counter',
      ),
      plain('judge_seconds', 'How long the last snapshot took to judge', pipeline.judgeSeconds),
      plain('event_listeners', 'Clients of the event stream', listeners()),
      plain('resident_bytes', 'Memory of the process', health.residentBytes),
      plain('cpu_seconds_total', 'CPU time of the process', health.cpuSeconds, 'counter'),
      plain(
        'event_loop_delay_seconds',
        '99th percentile since the last minute began',
        health.loopDelaySeconds,
      ),
      perWriter('up', 'Whether the database takes points', 'gauge', (writer) =>
        Number(writer.state === 'up'),
      ),
      perWriter('stored_total', 'Points stored', 'counter', (writer) => writer.stored),
      perWriter(
        'refused_total',
        'Points that the database would not take',
        'counter',
        (writer) => writer.refused,
      ),
      perWriter(
        'lost_total',
        'Points dropped because the spool was full',
        'counter',
        (writer) => writer.lost,
      ),
      perWriter('spool_points', 'Points that wait', 'gauge', (writer) => writer.points),
      perWriter('spool_bytes', 'Bytes that wait', 'gauge', (writer) => writer.bytes),
    ];
  }

  #read(): CollectorHealth {
    const { pipeline, telemetry, observer } = this.#options;
    const { user, system } = process.cpuUsage();
    const snapshot = pipeline.snapshot;
    const isFresh = (subject: { readonly freshness: string }): boolean => subject.freshness === 'fresh';
    return {
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1e6,
      loopDelaySeconds: this.#loop.percentile(99) / 1e9,
      hosts: snapshot?.hosts.length ?? 0,
      freshHosts: snapshot?.hosts.filter(isFresh).length ?? 0,
      vms: snapshot?.vms.length ?? 0,
      freshVms: snapshot?.vms.filter(isFresh).length ?? 0,
      writers: telemetry.status(),
      costs: observer.costs().map(({ host, cost, vms, staleVms }) => ({ host, ...cost, vms, staleVms })),
    };
  }
}
