import type { Actor } from '../fleet/actor.ts';
import type { Drain, DrainRequest } from '../fleet/drain.ts';
import type { MigrationCalibration } from '../fleet/migration-calibration.ts';
import type { MigrationQuery, MigrationRequest, MigrationTuning } from '../fleet/migration-request.ts';
import type { Migration } from '../fleet/migration.ts';
import type { Preflight } from '../fleet/preflight.ts';
import type { Reservation } from './reservations.ts';

/**
 * What the API, the autopilot and main see of `act`. Whatever is refused throws an `ActError` whose kind is the kind of
 * the API's problem; nothing else is thrown on purpose.
 */
export type Controller = {
  readonly migrations: MigrationControl;
  readonly drains: DrainControl;
  /** Hosts that a drain empties or has emptied: never a target. */
  readonly drainingHosts: () => ReadonlySet<string>;
  /** Room that migrations under way hold on their targets. */
  readonly reservations: () => readonly Reservation[];
  /** Called for every change; must return quickly. Returns how to stop listening. */
  readonly subscribe: (listener: (event: ActEvent) => void) => () => void;
  /** Takes up what an earlier run of the collector left; call once, before the first request. */
  readonly start: () => Promise<void>;
  /** Starts nothing more and lets go of running migrations: libvirt carries on, the next start takes them up. */
  readonly stop: () => Promise<void>;
};

export type MigrationControl = {
  /** Exactly the checks that `request` makes, and the forecast. Changes nothing. Any role. */
  readonly preflight: (request: MigrationRequest, actor: Actor) => Promise<Preflight>;
  /** Journaled (stage `requested`) when it resolves; the same actor with the same key gets the same migration. */
  readonly request: (
    request: MigrationRequest,
    actor: Actor,
    idempotencyKey: string | null,
  ) => Promise<Migration>;
  /** The same for one who may ask but not act: it waits, `approval` says how long, until an admin decides. */
  readonly requestApproval: MigrationControl['request'];
  /** Checks afresh; refuses what the world has overtaken. Admins only, as `reject`. */
  readonly approve: (id: string, actor: Actor) => Promise<Migration>;
  readonly reject: (id: string, reason: string, actor: Actor) => Promise<Migration>;
  /** Newest first. */
  readonly list: (
    query: MigrationQuery,
  ) => Promise<{ readonly items: readonly Migration[]; readonly total: number }>;
  readonly get: (id: string) => Promise<Migration | null>;
  /** Resolves when it was asked for; the end is told by an event. */
  readonly abort: (id: string, reason: string | null, actor: Actor) => Promise<Migration>;
  readonly tune: (id: string, tuning: MigrationTuning, actor: Actor) => Promise<Migration>;
  /** How right the forecasts were, newest first, and what was learned from them. */
  readonly forecastRecord: (limit: number) => Promise<ForecastRecord>;
};

export type DrainControl = {
  /** The plan that `start` would follow. */
  readonly preview: (request: DrainRequest, actor: Actor) => Promise<Drain>;
  readonly start: (request: DrainRequest, actor: Actor, idempotencyKey: string | null) => Promise<Drain>;
  readonly list: () => Promise<readonly Drain[]>;
  readonly get: (id: string) => Promise<Drain | null>;
  /** Running moves finish; no further one starts. */
  readonly pause: (id: string, actor: Actor) => Promise<Drain>;
  readonly resume: (id: string, actor: Actor) => Promise<Drain>;
  /** Queued moves are withdrawn; those that already copy finish. */
  readonly cancel: (id: string, actor: Actor) => Promise<Drain>;
};

export type ForecastRecord = {
  readonly calibration: MigrationCalibration;
  readonly scored: readonly ScoredForecast[];
  /** Over `scored`; null while there is none. */
  readonly medianSecondsError: number | null;
  readonly downtimeWithinFactorTwo: number | null;
};

export type ScoredForecast = {
  readonly migration: string;
  readonly vm: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly forecastSeconds: number;
  readonly seconds: number;
  /** (forecast - measured) / measured */
  readonly secondsError: number;
  readonly forecastDowntimeSeconds: number;
  readonly downtimeSeconds: number | null;
  readonly forecastBytes: number;
  readonly bytes: number | null;
};

export type ActEvent =
  | { readonly type: 'migration'; readonly at: number; readonly migration: Migration }
  | { readonly type: 'drain'; readonly at: number; readonly drain: Drain };
