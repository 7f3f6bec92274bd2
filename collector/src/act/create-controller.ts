import { randomUUID } from 'node:crypto';
import type { Actor } from '../fleet/actor.ts';
import { uncalibrated, type MigrationCalibration } from '../fleet/migration-calibration.ts';
import type { MigrationRequest } from '../fleet/migration-request.ts';
import { awaitsApproval, type Migration } from '../fleet/migration.ts';
import type { Vm } from '../fleet/vm.ts';
import { fingerprintOf, type IdempotencyClaim } from '../journal/idempotency.ts';
import type { Journal } from '../journal/journal.ts';
import { ActError } from './act-error.ts';
import { approvals, approvalWithinMs } from './approvals.ts';
import { calibrate, observationsKept } from './calibrate.ts';
import type { Checkpoint } from './checkpoint.ts';
import { systemClock, type Clock } from './clock.ts';
import type { ActEvent, Controller, MigrationControl } from './controller.ts';
import { drainRunner } from './drain-runner.ts';
import type { FleetView } from './fleet-view.ts';
import { HostFailure, type HypervisorPort } from './hypervisor-port.ts';
import { explainFailure } from './explain-failure.ts';
import type { MigrationDesk } from './migration-desk.ts';
import { migrationQueue } from './migration-queue.ts';
import { runPreflight } from './preflight.ts';
import { createReservations } from './reservations.ts';
import { runningBeside, snapshotSeen } from './run-migration.ts';
import { downtimeWithinFactorTwo, medianSecondsError, scoreForecast } from './score-forecasts.ts';
import { vmIn } from './vm-in.ts';
import { endStages, TrackedMigration } from './tracked-migration.ts';

export type ControllerParts = {
  readonly journal: Journal;
  readonly hypervisor: HypervisorPort;
  readonly fleet: FleetView;
  readonly clock?: Clock;
  readonly newId?: () => string;
  /** Called at each moment where a crash would hurt most; for tests. */
  readonly checkpoint?: (name: Checkpoint) => Promise<void>;
  readonly log?: (message: string) => void;
};

const usualPriority = 3;

export const createController = (parts: ControllerParts): Controller => {
  const { journal, hypervisor, fleet } = parts;
  const clock = parts.clock ?? systemClock;
  const newId = parts.newId ?? randomUUID;
  const log = parts.log ?? (() => undefined);
  const stopping = new AbortController();
  const listeners = new Set<(event: ActEvent) => void>();
  let calibration: MigrationCalibration = uncalibrated;
  let orders = 0;
  const auditing = new Set<Promise<void>>();

  const tell = (event: ActEvent): void => {
    for (const listener of listeners) listener(event);
  };
  /** The API audits what was asked; what came of it is known only here, and later. */
  const auditEnd = (migration: Migration): void => {
    const writing = journal.audit
      .append({
        at: clock.now(),
        who: migration.requestedBy,
        role: 'operator',
        via: migration.drain === null ? 'controller' : 'drain',
        address: 'collector',
        action: 'migration.end',
        subject: migration.vm,
        reason: migration.reason,
        outcome: migration.stage === 'done' ? 'done' : 'failed',
        detail:
          migration.error?.message ?? `moved from ${migration.from} to ${migration.to} and verified on both`,
        request: migration.id,
      })
      .catch((error: unknown) => {
        log(`the end of migration ${migration.id} is not in the audit log: ${String(error)}`);
      })
      .finally(() => auditing.delete(writing));
    auditing.add(writing);
  };
  const track = (migration: Migration, revision: number): TrackedMigration => {
    const tracked = new TrackedMigration(
      { migration, revision },
      orders++,
      (record, from) => journal.migrations.update(record, from),
      (record) => {
        tell({ type: 'migration', at: clock.now(), migration: record });
        if (endStages.has(record.stage)) auditEnd(record);
      },
    );
    desk.tracked.set(migration.id, tracked);
    return tracked;
  };
  const learn = async (): Promise<void> => {
    calibration = calibrate(await journal.observations.latest(observationsKept));
  };
  const desk: MigrationDesk = {
    journal,
    hypervisor,
    fleet,
    clock,
    reservations: createReservations(),
    routes: new Map(),
    tracked: new Map(),
    drainingHosts: () => drains.drainingHosts(),
    calibration: () => calibration,
    learn,
    checkpoint: parts.checkpoint ?? (() => Promise.resolve()),
    log,
    stopping: stopping.signal,
  };

  const findVm = (wanted: string): Vm => {
    const snapshot = fleet.snapshot();
    if (snapshot === null)
      throw new ActError(
        'not-available',
        'no-data',
        'nothing is known of the fleet yet; try again after the first poll',
      );
    const byUuid = vmIn(snapshot, wanted);
    if (byUuid !== undefined) return byUuid;
    const named = snapshot.vms.filter(({ name }) => name === wanted);
    if (named.length === 1) return named[0]!;
    throw named.length === 0
      ? new ActError('not-found', 'no-such-vm', `there is no VM "${wanted}" in this fleet`)
      : new ActError(
          'conflict',
          'name-not-unique',
          `${named.length} VMs are called "${wanted}" (on ${named.map(({ host }) => host).join(', ')}); name it by its uuid`,
        );
  };

  /** A plan that the world has overtaken is refused with the reason, never carried out halfway. */
  const refuseStale = (request: MigrationRequest, vm: Vm): void => {
    const stale = (message: string) => new ActError('conflict', 'stale-plan', message);
    if (request.from !== undefined && request.from !== vm.host)
      throw stale(`${vm.name} is on ${vm.host} by now, not on ${request.from}; make a new plan`);
    if (request.recommendation === undefined) return;
    const advice = fleet.recommendations().find(({ id }) => id === request.recommendation);
    if (advice === undefined)
      throw stale(
        'this recommendation does not stand any more: the fleet has changed since; look at the new ones',
      );
    if (advice.expiresAt <= clock.now()) throw stale('this recommendation has expired; look at the new ones');
    const move = advice.moves.find(({ uuid }) => uuid === vm.uuid);
    if (move?.to !== request.to || move.from !== vm.host)
      throw stale(
        `this recommendation does not move ${vm.name} from ${vm.host} to ${request.to}; look at it again`,
      );
  };

  const mayAct = (actor: Actor): void => {
    if (actor.role === 'viewer')
      throw new ActError(
        'forbidden',
        'role',
        `${actor.name} may look but not move VMs; ask an operator or an admin`,
      );
  };

  const check = async (request: MigrationRequest, vm: Vm, self: string | null) => {
    const snapshot = fleet.snapshot();
    const moving = [...desk.tracked.values()].find(
      ({ record }) => record.uuid === vm.uuid && record.id !== self,
    );
    return runPreflight(
      {
        vm,
        to: request.to,
        options: request.options ?? {},
        planned: request.recommendation !== undefined,
      },
      {
        fleet,
        hypervisor,
        calibration,
        now: clock.now(),
        running: runningBeside(desk, null),
        reserved: snapshot === null ? [] : desk.reservations.beside(snapshotSeen(snapshot)),
        draining: drains.drainingHosts(),
        movingAlready:
          moving === undefined
            ? null
            : `${vm.name} already ${awaitsApproval(moving.record) ? 'waits to be allowed' : 'moves'} to ${moving.record.to} (migration ${moving.record.id}, ${moving.record.stage})`,
        routes: desk.routes,
      },
    );
  };

  const request = async (
    asked: MigrationRequest,
    actor: Actor,
    idempotencyKey: string | null,
    {
      drain = null,
      approval,
    }: { readonly drain?: string | null; readonly approval?: Migration['approval'] } = {},
  ): Promise<Migration> => {
    mayAct(actor);
    const claim: IdempotencyClaim | null =
      idempotencyKey === null
        ? null
        : { actor: actor.name, key: idempotencyKey, fingerprint: fingerprintOf(asked), at: clock.now() };
    // Asked again after it was done, a request must not be judged by a world in which the VM has moved.
    const used = claim === null ? null : await journal.migrations.claimed(claim);
    if (used !== null) return repeated(used.subject, used.fingerprint === claim?.fingerprint);
    const vm = findVm(asked.uuid);
    refuseStale(asked, vm);
    if (fleet.snapshot()?.hosts.every(({ name }) => name !== asked.to) === true)
      throw new ActError('not-found', 'no-such-host', `there is no host "${asked.to}" in this fleet`);
    if (vm.host === asked.to)
      throw new ActError(
        'refused',
        'same-host',
        `${vm.name} is on ${asked.to} already; choose another target`,
      );
    if (drains.drainingHosts().has(asked.to))
      throw new ActError(
        'conflict',
        'target-draining',
        `${asked.to} is being emptied; choose another target`,
      );
    const at = clock.now();
    const migration: Migration = {
      id: newId(),
      uuid: vm.uuid,
      vm: vm.name,
      from: vm.host,
      to: asked.to,
      stage: 'requested',
      stages: [{ stage: 'requested', at }],
      requestedBy: actor.name,
      ...(approval === undefined ? {} : { approval }),
      reason: asked.reason ?? null,
      recommendation: asked.recommendation ?? null,
      priority: asked.priority ?? usualPriority,
      drain,
      options: asked.options ?? {},
      deadlineAt: null,
      attempt: 1,
      waitingFor: null,
      forecast: null,
      progress: null,
      fact: null,
      runsOn: null,
      error: null,
    };
    const created = await journal.migrations.create(migration, claim);
    const busy = created.outcome === 'created' ? undefined : desk.tracked.get(created.id);
    if (created.outcome === 'vm-busy')
      throw new ActError(
        'conflict',
        'vm-busy',
        busy !== undefined && awaitsApproval(busy.record)
          ? `${busy.record.requestedBy} has asked to move ${vm.name} already (migration ${created.id}); that one is to be approved or rejected first`
          : `${vm.name} is being moved already (migration ${created.id}); wait for it or abort it`,
      );
    if (created.outcome !== 'created') return repeated(created.id, created.outcome === 'repeated');
    const tracked = track(migration, 1);
    tell({ type: 'migration', at, migration });
    await desk.checkpoint('requested');
    queue.pump();
    return tracked.record;
  };

  const repeated = async (id: string, sameRequest: boolean): Promise<Migration> => {
    if (!sameRequest)
      throw new ActError(
        'conflict',
        'key-reused',
        'this idempotency key was used for another request; use a new key for a new request',
      );
    const first = await migrations.get(id);
    if (first === null) throw new ActError('not-found', 'no-such-migration', `there is no migration ${id}`);
    return first;
  };

  const underWay = async (id: string): Promise<TrackedMigration> => {
    const tracked = desk.tracked.get(id);
    if (tracked !== undefined) return tracked;
    const stored = await journal.migrations.get(id);
    if (stored === null) throw new ActError('not-found', 'no-such-migration', `there is no migration ${id}`);
    throw new ActError(
      'conflict',
      'not-under-way',
      `migration ${id} of ${stored.migration.vm} is ${stored.migration.stage}; there is nothing to change any more`,
    );
  };

  const migrations: MigrationControl = {
    preflight: async (asked) => {
      const vm = findVm(asked.uuid);
      refuseStale(asked, vm);
      return (await check(asked, vm, null)).preflight;
    },
    request: (asked, actor, key) => request(asked, actor, key),
    requestApproval: (asked, actor, key) =>
      request(asked, actor, key, { approval: { until: clock.now() + approvalWithinMs, by: null } }),
    ...approvals({
      underWay,
      findVm,
      refuseStale,
      check,
      pump: () => {
        queue.pump();
      },
    }),
    list: async (query) => {
      const { items, total } = await journal.migrations.list(query);
      return { items: items.map((one) => desk.tracked.get(one.id)?.record ?? one), total };
    },
    get: async (id) => desk.tracked.get(id)?.record ?? (await journal.migrations.get(id))?.migration ?? null,
    abort: async (id, reason, actor) => {
      mayAct(actor);
      const tracked = await underWay(id);
      if (tracked.record.progress?.postCopy === true)
        throw new ActError(
          'conflict',
          'post-copy-no-way-back',
          `${tracked.record.vm} already runs on ${tracked.record.to}; a migration in post-copy cannot be called back`,
        );
      tracked.requestAbort({
        by: 'operator',
        message: `aborted by ${actor.name}${reason === null ? '' : `: ${reason}`}`,
      });
      if (tracked.queued) queue.pump();
      return tracked.record;
    },
    tune: async (id, tuning, actor) => {
      mayAct(actor);
      const tracked = await underWay(id);
      const { stage, from, uuid, options } = tracked.record;
      if (stage !== 'copying')
        throw new ActError(
          'conflict',
          'not-copying',
          `migration ${id} is ${stage}; only one that copies can be tuned`,
        );
      try {
        if (tuning.bandwidthBytesPerSecond !== undefined)
          await hypervisor.setBandwidth(from, uuid, tuning.bandwidthBytesPerSecond);
        if (tuning.downtimeMs !== undefined) await hypervisor.setDowntime(from, uuid, tuning.downtimeMs);
        if (tuning.postCopy === true) await hypervisor.startPostCopy(from, uuid);
      } catch (error) {
        if (!(error instanceof HostFailure)) throw error;
        throw new ActError('conflict', 'not-tuned', `${from} refused: ${explainFailure(error).message}`);
      }
      const { bandwidthBytesPerSecond, downtimeMs } = tuning;
      await tracked.save({
        options: {
          ...options,
          ...(bandwidthBytesPerSecond === undefined ? {} : { bandwidthBytesPerSecond }),
          ...(downtimeMs === undefined ? {} : { downtimeMs }),
        },
      });
      return tracked.record;
    },
    forecastRecord: async (limit) => {
      const scored = (await journal.observations.latest(limit)).map(scoreForecast).reverse();
      return {
        calibration,
        scored,
        medianSecondsError: medianSecondsError(scored),
        downtimeWithinFactorTwo: downtimeWithinFactorTwo(scored),
      };
    },
  };

  const drains = drainRunner({
    journal,
    fleet,
    clock,
    newId,
    log,
    stopping: stopping.signal,
    tracked: desk.tracked,
    request,
    pump: () => {
      queue.pump();
    },
    told: (drain) => {
      tell({ type: 'drain', at: clock.now(), drain });
    },
    mayAct,
  });
  const queue = migrationQueue(desk, (tracked) => drains.heldBack(tracked.record));

  return {
    migrations,
    drains: drains.control,
    drainingHosts: drains.drainingHosts,
    reservations: desk.reservations.all,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async () => {
      await learn();
      for (const { migration, revision } of await journal.migrations.active()) {
        const tracked = track(migration, revision);
        const begun = migration.stage === 'copying' || migration.stage === 'switching';
        if (!begun) continue;
        desk.reservations.hold({
          migration: migration.id,
          uuid: migration.uuid,
          from: migration.from,
          to: migration.to,
          memoryBytes: 0,
        });
        queue.recover(tracked);
      }
      await drains.start();
      queue.pump();
    },
    stop: async () => {
      stopping.abort();
      await drains.idle();
      await queue.idle();
      await Promise.all(auditing);
    },
  };
};
