import { type MigrationCalibration, uncalibrated } from '../fleet/migration-calibration.ts';
import type { Migration } from '../fleet/migration.ts';

const flowing: ReadonlySet<Migration['stage']> = new Set(['reserved', 'copying', 'switching']);

/** Which hosts migrations flow through just now, and what the past ones taught: both weigh in every forecast. */
export class RunningMigrations {
  calibration: MigrationCalibration = uncalibrated;
  readonly #running = new Map<string, Migration>();

  take(migration: Migration): void {
    if (flowing.has(migration.stage)) this.#running.set(migration.id, migration);
    else this.#running.delete(migration.id);
  }

  byHost(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { from, to } of this.#running.values()) {
      for (const host of [from, to]) counts.set(host, (counts.get(host) ?? 0) + 1);
    }
    return counts;
  }
}
