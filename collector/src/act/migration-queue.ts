import { awaitsApproval } from '../fleet/migration.ts';
import { admit } from './admission.ts';
import { pause, Stopped, type MigrationDesk } from './migration-desk.ts';
import { recoverMigration, runMigration, runningBeside, withdraw } from './run-migration.ts';
import { endStages, type TrackedMigration } from './tracked-migration.ts';

export type MigrationQueue = {
  /** Gives whoever may run now a turn. */
  readonly pump: () => void;
  /** A migration that an earlier run of the collector had begun. */
  readonly recover: (tracked: TrackedMigration) => void;
  /** Everything that runs here has let go. */
  readonly idle: () => Promise<void>;
};

const retryAfterMs = 5000;
const lookAgainMs = 1000;

/** Who runs when: the only place that starts a migration. */
export const migrationQueue = (
  desk: MigrationDesk,
  /** Why this one may not start yet although there is room, e.g. because its drain is paused. */
  heldBack: (tracked: TrackedMigration) => string | null,
): MigrationQueue => {
  const working = new Set<Promise<void>>();
  let lookingAgain = false;

  const work = (tracked: TrackedMigration, first: 'run' | 'recover'): void => {
    tracked.queued = false;
    const job = (async () => {
      try {
        const conclusion = await (first === 'run' ? runMigration : recoverMigration)(desk, tracked);
        if (conclusion === 'retry') {
          tracked.notBefore = desk.clock.now() + retryAfterMs;
          tracked.queued = true;
        }
      } catch (error) {
        if (error instanceof Stopped || desk.stopping.aborted) return;
        await mishap(desk, tracked, error);
      } finally {
        if (endStages.has(tracked.record.stage)) desk.tracked.delete(tracked.record.id);
        pump();
      }
    })();
    working.add(job);
    void job.finally(() => working.delete(job));
  };

  const pump = (): void => {
    if (desk.stopping.aborted) return;
    const now = desk.clock.now();
    const queued = [...desk.tracked.values()].filter((tracked) => tracked.queued);
    const ready: TrackedMigration[] = [];
    for (const tracked of queued) {
      const waits = awaitsApproval(tracked.record);
      if (waits && tracked.record.approval!.until <= now)
        tracked.requestAbort({ by: 'deadline', message: 'nobody approved it in time' });
      if (tracked.abort !== null) {
        tracked.queued = false;
        const job = withdraw(desk, tracked)
          .then(() => {
            desk.tracked.delete(tracked.record.id);
          })
          .catch((error: unknown) => mishap(desk, tracked, error));
        working.add(job);
        void job.finally(() => working.delete(job));
        continue;
      }
      const held =
        tracked.notBefore > now
          ? 'a moment before it is tried once more'
          : desk.fleet.snapshot() === null
            ? 'the first look at the fleet'
            : waits
              ? 'an admin to approve it'
              : heldBack(tracked);
      tracked.waitsFor(held);
      if (held === null) ready.push(tracked);
    }
    const { start, waitingFor } = admit(
      ready.map((tracked) => ({
        id: tracked.record.id,
        from: tracked.record.from,
        to: tracked.record.to,
        priority: tracked.record.priority,
        order: tracked.order,
      })),
      runningBeside(desk, null),
      desk.fleet.policy().limits,
    );
    for (const [id, reason] of waitingFor) desk.tracked.get(id)?.waitsFor(reason);
    for (const id of start) work(desk.tracked.get(id)!, 'run');
    if (queued.length > start.length && !lookingAgain) {
      lookingAgain = true;
      // What holds some back ends by itself: time, a first snapshot, a policy with other limits.
      void pause(desk, lookAgainMs)
        .catch(() => undefined)
        .then(() => {
          lookingAgain = false;
          pump();
        });
    }
  };

  return {
    pump,
    recover: (tracked) => {
      work(tracked, 'recover');
    },
    idle: async () => {
      await Promise.allSettled([...working]);
    },
  };
};

/** A defect of ours, or a journal that cannot be written: the record must say so if it can be written at all. */
const mishap = async (desk: MigrationDesk, tracked: TrackedMigration, error: unknown): Promise<void> => {
  const message = error instanceof Error ? error.message : String(error);
  desk.log(`migration ${tracked.record.id} of ${tracked.record.vm}: ${message}`);
  desk.reservations.release(tracked.record.id);
  await tracked
    .enter('failed', desk.clock.now(), message, {
      error: {
        code: 'internal',
        message: `the collector lost hold of it: ${message}`,
        advice: 'Look on both hosts where the VM runs; the log has more.',
      },
    })
    .catch((again: unknown) => {
      desk.log(
        `migration ${tracked.record.id}: its end could not be written (${again instanceof Error ? again.message : String(again)}); the next start finds the truth`,
      );
      desk.tracked.delete(tracked.record.id);
    });
};
