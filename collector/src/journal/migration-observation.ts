import type { MigrationFact } from '../fleet/migration.ts';
import type { MoveForecast } from '../fleet/move.ts';

/** What was known before a migration and what came of it: all that calibration learns from. */
export type MigrationObservation = {
  readonly migration: string;
  readonly at: number;
  readonly uuid: string;
  readonly vm: string;
  readonly from: string;
  readonly to: string;
  readonly forecast: MoveForecast;
  readonly fact: MigrationFact;
  readonly inputs: {
    /** Bytes per second that the forecast reckoned with. */
    readonly link: number;
    readonly memoryBytes: number;
    readonly looksUsedBytes: number;
    readonly sampledDirtyBytesPerSecond: number | null;
    readonly downtimeLimitSeconds: number;
    /** What the forecast expected to be left for the standstill, in seconds. */
    readonly restSeconds: number;
  };
  readonly measured: {
    /** Pages that were not zero, sent at least once. */
    readonly touchedBytes: number | null;
    readonly dirtyBytesPerSecond: number | null;
    /** QEMU's own time from the first to the last byte. */
    readonly transferSeconds: number | null;
  };
};
