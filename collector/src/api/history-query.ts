import { Type, type Static } from 'typebox';
import type { HistoryRange } from './history.ts';
import { ApiProblem } from './problem.ts';

const pointsMax = 5000;
const hourMs = 3_600_000;

export const HistoryQuery = Type.Object(
  {
    from: Type.Optional(
      Type.Integer({ minimum: 0, description: 'milliseconds since 1970; default: an hour ago' }),
    ),
    to: Type.Optional(Type.Integer({ minimum: 0, description: 'default: now' })),
    stepSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: 'default: what gives about 360 points' }),
    ),
  },
  { additionalProperties: false },
);

export function rangeOf(query: Static<typeof HistoryQuery>, now: number): HistoryRange {
  const to = query.to ?? now;
  const from = query.from ?? to - hourMs;
  if (from >= to) throw new ApiProblem('bad-request', 'query.from must lie before query.to.');
  const stepSeconds = query.stepSeconds ?? Math.max(10, Math.ceil((to - from) / 360_000));
  if ((to - from) / (stepSeconds * 1000) > pointsMax) {
    throw new ApiProblem(
      'bad-request',
      `query.stepSeconds of ${stepSeconds} would give more than ${pointsMax} points; take at least ` +
        `${Math.ceil((to - from) / 1000 / pointsMax)}.`,
    );
  }
  return { from, to, stepSeconds };
}
