import type { components, paths } from './api.gen.ts';

/** Short names for what the collector's OpenAPI says; nothing is described here a second time. */
type Schemas = components['schemas'];
type Answer<P extends keyof paths, M extends keyof paths[P], S extends number> = paths[P][M] extends {
  responses: Record<S, { content: { 'application/json': infer Body } }>;
}
  ? Body
  : never;
type Question<P extends keyof paths, M extends keyof paths[P]> = paths[P][M] extends {
  requestBody?: { content: { 'application/json': infer Body } };
}
  ? Body
  : never;

export type Page<T> = { total: number; offset: number; items: T[] };

export type Summary = Schemas['Summary'];
export type HostView = Answer<'/api/v1/hosts/{name}', 'get', 200>;
export type VmView = Answer<'/api/v1/vms/{uuid}', 'get', 200>;
export type CompactVms = Extract<Answer<'/api/v1/vms', 'get', 200>, { rows: unknown }>;
export type History = Schemas['History'];
export type Forecast = Schemas['Forecast'];
export type ClassChange = Schemas['ClassChange'];
export type Finding = Schemas['Finding'];
export type Recommendation = Schemas['Recommendation'];
export type HostEffect = Schemas['HostEffect'];
export type MoveForecast = Schemas['MoveForecast'];
export type Target = Schemas['Target'];
export type Policy = Schemas['Policy'];
export type WhatIfQuestion = Schemas['WhatIfQuestion'];
export type WhatIfAnswer = Schemas['WhatIfAnswer'];
export type Migration = Schemas['Migration'];
export type MigrationBody = Question<'/api/v1/migrations', 'post'>;
export type Preflight = Schemas['Preflight'];
export type PreflightCheck = Schemas['PreflightCheck'];
export type ForecastRecord = Schemas['ForecastRecord'];
export type Drain = Schemas['Drain'];
