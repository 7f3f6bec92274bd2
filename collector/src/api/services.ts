import type { DrainControl, MigrationControl } from '../act/controller.ts';
import type { Actor } from '../fleet/actor.ts';
import type { AuditEntry, AuditQuery } from '../fleet/audit-entry.ts';
import type { Finding } from '../fleet/finding.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { EventHub } from './event-hub.ts';
import type { History, HistoryRange } from './history.ts';
import type { Metric } from './metric.ts';
import type { Readiness } from './readiness.ts';
import type { NewVmQuestion, PlaceAnswer, Target, WhatIfAnswer, WhatIfQuestion } from './what-if.ts';

/**
 * All that the API needs from the rest of the collector; `main.ts` fills it. A service refuses by throwing an
 * `ApiProblem` or an `ActError`, whose words reach the client; any other error is the collector's own failure.
 */
export type Services = {
  readonly info: {
    readonly version: string;
    readonly fleet: string;
    readonly startedAt: number;
    readonly simulated: boolean;
    /** Where history comes from just now. */
    readonly telemetry: () => 'influxdb' | 'embedded';
  };
  readonly fleet: FleetService;
  readonly advice: AdviceService;
  readonly migrations: MigrationControl;
  readonly drains: DrainControl;
  readonly policy: PolicyService;
  readonly audit: AuditService;
  readonly health: { readonly readiness: () => Readiness; readonly metrics: () => readonly Metric[] };
  readonly events: EventHub;
};

export type FleetService = {
  /** Null until the first snapshot. */
  readonly snapshot: () => Snapshot | null;
  /** Of the same snapshot, or of an earlier one. */
  readonly judgement: () => Judgement | null;
  readonly history: (
    subject: { readonly type: 'host' | 'vm'; readonly id: string; readonly name: string },
    range: HistoryRange,
  ) => Promise<History>;
  /** Findings that have ended, latest first. */
  readonly pastFindings: (range: {
    readonly from: number;
    readonly to: number;
    readonly limit: number;
  }) => Promise<readonly Finding[]>;
};

export type AdviceService = {
  readonly recommendations: () => readonly Recommendation[];
  readonly dismiss: (id: string, reason: string, actor: Actor) => Promise<void>;
  readonly whatIf: (question: WhatIfQuestion) => Promise<WhatIfAnswer>;
  readonly place: (vm: NewVmQuestion) => Promise<PlaceAnswer>;
  /** The best places for a VM, best first. */
  readonly targets: (uuid: string, limit: number) => Promise<readonly Target[]>;
};

export type PolicyService = {
  readonly get: () => Policy;
  readonly replace: (policy: Policy, actor: Actor) => Promise<Policy>;
};

export type AuditService = {
  /** Written before the answer goes out; a record that cannot be written fails the request. */
  readonly append: (entry: AuditEntry) => Promise<void>;
  /** Newest first. */
  readonly list: (query: AuditQuery) => Promise<readonly AuditEntry[]>;
};
