import type { TSchema } from 'typebox';
import { AuditEntry } from '../fleet/audit-entry.ts';
import { ClassChange } from '../fleet/class-change.ts';
import { Drain, DrainRequest } from '../fleet/drain.ts';
import { Evidence, Finding, FindingKind, Severity } from '../fleet/finding.ts';
import { Forecast, ForecastPoint } from '../fleet/forecast.ts';
import { Freshness, Source } from '../fleet/freshness.ts';
import { HostCapacity, HostPower } from '../fleet/host.ts';
import { LoadClass } from '../fleet/load-class.ts';
import { Dimension, Load } from '../fleet/load.ts';
import {
  Migration,
  MigrationFact,
  MigrationOptions,
  MigrationProgress,
  MigrationStage,
} from '../fleet/migration.ts';
import { MigrationCalibration } from '../fleet/migration-calibration.ts';
import { MigrationRequest, MigrationTuning, PreflightCheck } from '../fleet/migration-request.ts';
import { Move, MoveForecast, PowerAction } from '../fleet/move.ts';
import { Policy } from '../fleet/policy.ts';
import { Preflight } from '../fleet/preflight.ts';
import { Alternative, HostEffect, Recommendation, RecommendationKind } from '../fleet/recommendation.ts';
import { Subject } from '../fleet/subject.ts';
import { Usage } from '../fleet/usage.ts';
import { VmMemory, VmRules } from '../fleet/vm.ts';
import { ForecastRecord } from './forecast-record.ts';
import { History } from './history.ts';
import { Identity } from './identity.ts';
import { Problem } from './problem.ts';
import { Readiness } from './readiness.ts';
import { Role } from './role.ts';
import { Summary } from './routes/summary.ts';
import { CompactVmRow, HostState, HostView, VmView } from './views.ts';
import { Target, WhatIfAnswer, WhatIfQuestion } from './what-if.ts';

/** What the OpenAPI document names; anything else stands where it is used. */
const named: Readonly<Record<string, TSchema>> = {
  Alternative,
  AuditEntry,
  ClassChange,
  CompactVmRow,
  Dimension,
  Drain,
  DrainRequest,
  Evidence,
  Finding,
  FindingKind,
  Forecast,
  ForecastPoint,
  ForecastRecord,
  Freshness,
  History,
  Host: HostView,
  HostCapacity,
  HostEffect,
  HostPower,
  HostState,
  Identity,
  Load,
  LoadClass,
  Migration,
  MigrationCalibration,
  MigrationFact,
  MigrationOptions,
  MigrationProgress,
  MigrationStage,
  Move,
  MoveForecast,
  Policy,
  PowerAction,
  Preflight,
  PreflightCheck,
  MigrationRequest,
  MigrationTuning,
  Problem,
  Readiness,
  Recommendation,
  RecommendationKind,
  Role,
  Severity,
  Source,
  Subject,
  Summary,
  Target,
  Usage,
  Vm: VmView,
  VmMemory,
  VmRules,
  WhatIfAnswer,
  WhatIfQuestion,
};

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Puts each named schema once under `components` and a reference wherever it occurs. The vocabulary itself knows
 * nothing of this: what is the same, word for word, is the same schema.
 */
export function withComponents(document: Record<string, unknown>): Record<string, unknown> {
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(named)) names.set(fingerprint(plain(schema)), name);
  const schemas: Record<string, Json> = {};
  for (const [name, schema] of Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1))) {
    schemas[name] = inside(plain(schema), names);
  }
  const result = replace(plain(document), names) as Record<string, Json>;
  const components = (result.components ?? {}) as Record<string, Json>;
  return { ...result, components: { ...components, schemas } };
}

/** As JSON, with records spelt the way the OpenAPI generator spells them. */
const plain = (value: unknown): Json =>
  JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner !== 'object' || inner === null || !('patternProperties' in inner)) return inner;
      const { patternProperties, ...rest } = inner;
      const [pattern] = Object.values(patternProperties as object) as unknown[];
      return { ...rest, additionalProperties: pattern };
    }),
  ) as Json;

/** The same for the same schema, in whatever order its keys stand. */
const fingerprint = (value: Json): string =>
  JSON.stringify(value, (key, inner: Json) =>
    key === '$id'
      ? undefined
      : typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
  );

function replace(value: Json, names: ReadonlyMap<string, string>): Json {
  if (typeof value !== 'object' || value === null) return value;
  const name = names.get(fingerprint(value));
  return name === undefined ? inside(value, names) : { $ref: `#/components/schemas/${name}` };
}

function inside(value: Json, names: ReadonlyMap<string, string>): Json {
  if (Array.isArray(value)) return value.map((item) => replace(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '$id')
      .map(([key, inner]) => [key, replace(inner, names)]),
  );
}
