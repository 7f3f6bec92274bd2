import type { Migration } from '../fleet/migration.ts';
import { migrationStages } from '../fleet/migration.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import type { Point } from './point.ts';

/**
 * The recommendations that stand at one time: the fleet's point with their number, so that "none" is a 0, and one
 * point each, tagged with the host it relieves first. Ids would grow without end as tags; they are fields, and the
 * points of one time are kept apart by a millisecond each.
 */
export function recommendationPoints(
  fleet: string,
  at: number,
  recommendations: readonly Recommendation[],
): Point[] {
  const moves = recommendations.reduce((sum, one) => sum + one.moves.length, 0);
  const priority = recommendations.reduce((most, one) => Math.min(most, one.priority), 6);
  return [
    {
      measurement: 'recommendation',
      tags: { fleet },
      at,
      fields: { open: recommendations.length, moves, most_urgent: priority === 6 ? null : priority },
    },
    ...recommendations.map((one, index): Point => {
      const host = one.moves[0]?.from ?? one.power[0]?.host;
      return {
        measurement: 'recommendation',
        tags: { fleet, ...(host === undefined ? {} : { host }) },
        at: at + index + 1,
        fields: {
          id: one.id,
          kind: one.kind,
          priority: one.priority,
          reason: one.reason,
          moves: one.moves.length,
          power_actions: one.power.length,
          gain: one.gain,
          bytes: one.cost.bytes,
          seconds: one.cost.seconds,
          downtime_seconds: one.cost.downtimeSeconds,
        },
      };
    }),
  ];
}

/** A migration as it stands: written at each change of its stage and with its progress. */
export function migrationPoint(fleet: string, migration: Migration, at: number): Point {
  const { progress, forecast, fact } = migration;
  return {
    measurement: 'migration',
    tags: { fleet, host: migration.from, vm: migration.vm, uuid: migration.uuid },
    at,
    fields: {
      id: migration.id,
      to: migration.to,
      stage: migration.stage,
      stage_number: migrationStages.indexOf(migration.stage),
      running: Number(!['done', 'failed', 'aborted'].includes(migration.stage)),
      failed: Number(migration.stage === 'failed'),
      priority: migration.priority,
      attempt: migration.attempt,
      forecast_seconds: forecast?.seconds.value,
      forecast_seconds_low: forecast?.seconds.low,
      forecast_seconds_high: forecast?.seconds.high,
      forecast_downtime_seconds: forecast?.downtimeSeconds.value,
      forecast_downtime_seconds_low: forecast?.downtimeSeconds.low,
      forecast_downtime_seconds_high: forecast?.downtimeSeconds.high,
      forecast_bytes: forecast?.bytes.value,
      seconds: fact?.seconds,
      downtime_seconds: fact?.downtimeSeconds,
      bytes: fact?.bytes ?? progress?.bytesProcessed,
      bytes_total: progress?.bytesTotal,
      bytes_remaining: progress?.bytesRemaining,
      bytes_per_second: fact?.bytesPerSecond ?? progress?.bytesPerSecond,
      dirty_bytes_per_second: progress?.dirtyBytesPerSecond,
      iteration: progress?.iteration,
      error: migration.error?.message,
    },
  };
}
