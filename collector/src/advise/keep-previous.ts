import type { Recommendation } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';

/** The same plan as before keeps its age; only its numbers and its expiry are renewed. */
export const keepPrevious = (
  made: Recommendation,
  previous: readonly Recommendation[],
  snapshot: Snapshot,
): Recommendation => {
  const before = previous.find((one) => one.id === made.id && one.expiresAt >= snapshot.at);
  return before === undefined ? made : { ...made, createdAt: before.createdAt };
};
