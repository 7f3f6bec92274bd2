import type { MigrationCalibration } from '../fleet/migration-calibration.ts';
import type { Journal } from '../journal/journal.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Clock } from './clock.ts';
import type { FleetView } from './fleet-view.ts';
import type { HypervisorPort } from './hypervisor-port.ts';
import type { RouteMemory } from './preflight.ts';
import type { Reservations } from './reservations.ts';
import type { TrackedMigration } from './tracked-migration.ts';

/** What all who work on migrations share. */
export type MigrationDesk = {
  readonly journal: Journal;
  readonly hypervisor: HypervisorPort;
  readonly fleet: FleetView;
  readonly clock: Clock;
  readonly reservations: Reservations;
  readonly routes: RouteMemory;
  /** Under way here, by id. */
  readonly tracked: Map<string, TrackedMigration>;
  readonly drainingHosts: () => ReadonlySet<string>;
  readonly calibration: () => MigrationCalibration;
  readonly learn: () => Promise<void>;
  readonly checkpoint: (name: Checkpoint) => Promise<void>;
  readonly log: (message: string) => void;
  /** Fires when the collector stops: everything lets go at once. */
  readonly stopping: AbortSignal;
};

export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Ends early, with `Stopped`, when the collector stops. */
export const pause = async (desk: MigrationDesk, milliseconds: number): Promise<void> => {
  try {
    await desk.clock.sleep(milliseconds, desk.stopping);
  } catch (error) {
    if (desk.stopping.aborted) throw new Stopped();
    throw error;
  }
};
