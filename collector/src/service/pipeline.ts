import type { EventHub } from '../api/event-hub.ts';
import { FleetView } from '../api/fleet-view.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Sliced } from '../fleet/sliced.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import { judgeInSlices, type JudgeState } from '../judge/judge.ts';
import type { Observer } from '../observe/observer.ts';
import type { HistoryReader } from '../telemetry/history.ts';
import { classChangePoints, findingPoints, forecastPoints } from '../telemetry/judgement-points.ts';
import type { Point, PointSink } from '../telemetry/point.ts';
import { samplePoints, stalePoints } from '../telemetry/sample-points.ts';
import type { PastFindings } from './past-findings.ts';
import { runInSlices } from './run-in-slices.ts';
import { DeltaMaker } from './snapshot-delta.ts';
import { toldForecasts } from './told-forecasts.ts';

export type PipelineOptions = {
  readonly fleet: string;
  readonly observer: Observer;
  /** What judging remembers; it may have learned from history already. */
  readonly judgeState: JudgeState;
  readonly policy: () => Policy;
  /** Hosts that are being emptied: whatever the fleet file says, they are in maintenance. */
  readonly draining: () => ReadonlySet<string>;
  readonly history: HistoryReader;
  readonly past: PastFindings;
  readonly telemetry: PointSink;
  readonly events: EventHub;
  /** What is to be done with each judged snapshot, before the next is judged. */
  readonly onJudged: (judgement: Judgement) => Sliced<void> | null;
  readonly onError: (error: unknown) => void;
  readonly now: () => number;
};

/** Several events within this time (a host that empties) make one new snapshot. */
const settleMs = 300;
const rowsPerEvent = 2000;
const pointsPerSlice = 500;

/** From what is observed to what is judged, and on to those who store it and those who listen. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #deltas = new DeltaMaker();
  #snapshot: Snapshot | null = null;
  #judged: { readonly snapshot: Snapshot; readonly judgement: Judgement } | null = null;
  #settling: NodeJS.Timeout | undefined;
  /** The newest that waits while another is judged. */
  #waiting: Snapshot | null = null;
  #judging = false;
  #stopped = false;
  #judgeSeconds = 0;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  start(): void {
    const { fleet, observer, history, telemetry, now } = this.#options;
    observer.on('sample', (host, vms) => {
      history.record(host, vms);
      telemetry.write(samplePoints(fleet, host, vms, now(), this.#judged?.judgement.classes));
    });
    observer.on('inventory', () => {
      this.#settling ??= setTimeout(() => {
        this.#settling = undefined;
        this.#snapshot = this.#withMaintenance(observer.snapshot);
        this.#tell();
      }, settleMs);
    });
    observer.on('snapshot', (snapshot) => {
      this.#waiting = snapshot;
      if (!this.#judging) void this.#takeWaiting();
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#settling);
  }

  /** The newest, events of the last moment included. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  get judged(): { readonly snapshot: Snapshot; readonly judgement: Judgement } | null {
    return this.#judged;
  }

  get judgeSeconds(): number {
    return this.#judgeSeconds;
  }

  #withMaintenance(snapshot: Snapshot): Snapshot {
    const draining = this.#options.draining();
    if (draining.size === 0) return snapshot;
    const hosts = snapshot.hosts.map((host) =>
      draining.has(host.name) ? { ...host, maintenance: true } : host,
    );
    return { ...snapshot, hosts };
  }

  /** One after the other; what came meanwhile and is not the newest is left out. */
  async #takeWaiting(): Promise<void> {
    this.#judging = true;
    try {
      for (let next = this.#waiting; next !== null; next = this.#waiting) {
        this.#waiting = null;
        await runInSlices(this.#untilStopped(this.#take(this.#withMaintenance(next))));
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#judging = false;
    }
  }

  *#untilStopped(work: Sliced<void>): Sliced<void> {
    while (!this.#stopped && work.next().done !== true) yield;
  }

  *#take(snapshot: Snapshot): Sliced<void> {
    const { judgeState, policy, events, past, onJudged } = this.#options;
    const began = performance.now();
    const judgement = yield* judgeInSlices(snapshot, judgeState, policy());
    this.#judgeSeconds = (performance.now() - began) / 1000;
    if (this.#snapshot === null || snapshot.sequence > this.#snapshot.sequence) this.#snapshot = snapshot;
    this.#judged = { snapshot, judgement };
    past.add(judgement.ended);
    const { began: begun, changed, ended } = judgement;
    if (begun.length + changed.length + ended.length > 0) {
      events.publish('finding', { at: judgement.at, began: begun, changed, ended });
    }
    this.#tell();
    yield;
    yield* this.#write(snapshot, judgement);
    const more = onJudged(judgement);
    if (more !== null) yield* more;
  }

  *#write(snapshot: Snapshot, judgement: Judgement): Sliced<void> {
    const { fleet, policy } = this.#options;
    yield* this.#writeAll(stalePoints(snapshot));
    yield* this.#writeAll(findingPoints(fleet, judgement.at, judgement.findings, judgement.ended));
    const announced = judgement.classChanges.filter((change) => change.announced);
    yield* this.#writeAll(classChangePoints(fleet, announced));
    for (const told of toldForecasts(snapshot, judgement, policy().horizonMinutes))
      yield* this.#writeAll(forecastPoints(fleet, told));
  }

  *#writeAll(points: readonly Point[]): Sliced<void> {
    for (let start = 0; start < points.length; start += pointsPerSlice) {
      yield;
      this.#options.telemetry.write(points.slice(start, start + pointsPerSlice));
    }
  }

  #tell(): void {
    const { events, policy } = this.#options;
    if (!this.#snapshot) return;
    const view = new FleetView(this.#snapshot, this.#judged?.judgement ?? null, policy().horizonMinutes);
    const hosts = this.#deltas.hosts(view);
    if (hosts.hosts.length + hosts.removed.length > 0) events.publish('snapshot', hosts);
    if (!events.isWanted('vms')) return;
    const { rows, removed, ...mark } = this.#deltas.vms(view);
    for (let start = 0; start < Math.max(rows.length, removed.length > 0 ? 1 : 0); start += rowsPerEvent) {
      const part = rows.slice(start, start + rowsPerEvent);
      events.publish('vms', { ...mark, rows: part, removed: start === 0 ? removed : [] });
    }
  }
}
