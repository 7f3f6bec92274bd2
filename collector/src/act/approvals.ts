import type { Actor } from '../fleet/actor.ts';
import type { MigrationRequest } from '../fleet/migration-request.ts';
import { awaitsApproval, type Migration } from '../fleet/migration.ts';
import type { Vm } from '../fleet/vm.ts';
import { ActError } from './act-error.ts';
import type { MigrationControl } from './controller.ts';
import type { PreflightResult } from './preflight.ts';
import type { TrackedMigration } from './tracked-migration.ts';

/** Longer, and the fleet that the asker saw is not the one that would be acted on. */
export const approvalWithinMs = 30 * 60_000;

export type ApprovalParts = {
  readonly underWay: (id: string) => Promise<TrackedMigration>;
  readonly findVm: (uuid: string) => Vm;
  readonly refuseStale: (request: MigrationRequest, vm: Vm) => void;
  /** As for a new request, but for this migration itself. */
  readonly check: (request: MigrationRequest, vm: Vm, self: string) => Promise<PreflightResult>;
  readonly pump: () => void;
};

/** The second pair of eyes: what somebody asked for waits in the queue until an admin lets it go or ends it. */
export const approvals = (parts: ApprovalParts): Pick<MigrationControl, 'approve' | 'reject'> => {
  const undecided = async (id: string, actor: Actor): Promise<TrackedMigration> => {
    if (actor.role !== 'admin')
      throw new ActError(
        'forbidden',
        'role',
        `${actor.name} may not decide what others asked for; ask an admin`,
      );
    const tracked = await parts.underWay(id);
    refuseDecided(tracked.record);
    refuseEnding(tracked);
    return tracked;
  };

  return {
    approve: async (id, actor) => {
      const tracked = await undecided(id, actor);
      const { uuid, from, to, recommendation, options } = tracked.record;
      const asked = { uuid, from, to, options, ...(recommendation === null ? {} : { recommendation }) };
      const vm = parts.findVm(uuid);
      parts.refuseStale(asked, vm);
      const { preflight } = await parts.check(asked, vm, id);
      const failed = preflight.checks.filter(({ outcome }) => outcome === 'failed');
      if (failed.length > 0)
        throw new ActError(
          'refused',
          'preflight',
          `${vm.name} cannot move to ${to} now: ${failed.map(({ message }) => message).join('; ')}`,
          failed.map(({ check, message, advice }) => ({
            where: check,
            message,
            ...(advice === null ? {} : { advice }),
          })),
        );
      // It may have been rejected, or its time may have run out, while the hosts were asked.
      refuseEnding(tracked);
      await tracked.save((now) => {
        refuseDecided(now);
        return { approval: { until: now.approval!.until, by: actor.name }, waitingFor: null };
      });
      parts.pump();
      return tracked.record;
    },
    reject: async (id, reason, actor) => {
      const tracked = await undecided(id, actor);
      tracked.requestAbort({ by: 'operator', message: `rejected by ${actor.name}: ${reason}` });
      parts.pump();
      return tracked.record;
    },
  };
};

const refuseEnding = ({ abort, record }: TrackedMigration): void => {
  if (abort !== null)
    throw new ActError(
      'conflict',
      'not-waiting',
      `migration ${record.id} of ${record.vm} has ended: ${abort.message}`,
    );
};

const refuseDecided = (migration: Migration): void => {
  if (awaitsApproval(migration)) return;
  throw new ActError(
    'conflict',
    'not-waiting',
    `migration ${migration.id} of ${migration.vm} does not wait for an approval: ${
      migration.stage === 'requested' && migration.approval !== undefined
        ? `${migration.approval.by ?? 'nobody'} has approved it already`
        : `it is ${migration.stage}`
    }`,
  );
};
