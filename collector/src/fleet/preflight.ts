import { Type, type Static } from 'typebox';
import { orUnknown } from './load.ts';
import { PreflightCheck } from './migration-request.ts';
import { MoveForecast } from './move.ts';
import { HostEffect } from './recommendation.ts';

export const Preflight = Type.Object(
  {
    uuid: Type.String(),
    vm: Type.String(),
    from: Type.String(),
    to: Type.String(),
    at: Type.Integer(),
    allowed: Type.Boolean({ description: 'no check failed' }),
    checks: Type.Array(PreflightCheck, { description: 'all of them, those that failed first' }),
    forecast: orUnknown(MoveForecast),
    effects: Type.Array(HostEffect, { description: 'both hosts, before and after' }),
  },
  { description: 'What is checked before a VM moves; a dry run answers exactly this' },
);
export type Preflight = Static<typeof Preflight>;
