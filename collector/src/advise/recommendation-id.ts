import { createHash } from 'node:crypto';
import type { Recommendation } from '../fleet/recommendation.ts';

/** The same plan has the same id, whenever and however often it is made. */
export const recommendationId = (plan: Pick<Recommendation, 'kind' | 'moves' | 'power'>): string => {
  const steps = [
    ...plan.moves.map((move) => `${move.uuid} ${move.from} ${move.to}`),
    ...plan.power.map((action) => `${action.action} ${action.host}`),
  ].sort();
  return `${plan.kind}-${createHash('sha256').update(steps.join('\n')).digest('hex').slice(0, 12)}`;
};
