import type { Migration } from '../fleet/migration.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import { concludeMigration, type Conclusion } from './conclude-migration.ts';
import { followMigration } from './follow-migration.ts';
import type { MigrationOrder } from './hypervisor-port.ts';
import type { MigrationDesk } from './migration-desk.ts';
import { runPreflight, type PreflightResult } from './preflight.ts';
import { vmIn } from './vm-in.ts';
import { askConstraints } from './target-constraints.ts';
import { endStages, type TrackedMigration } from './tracked-migration.ts';

/** QEMU throttles only a guest that writes too fast; below this share of the link there is nothing to throttle. */
const autoConvergeFrom = 0.3;

/** One attempt, from its turn in the queue to its end: checking, reserved, copying, switching, and the truth. */
export const runMigration = async (desk: MigrationDesk, tracked: TrackedMigration): Promise<Conclusion> => {
  const { clock, checkpoint, fleet } = desk;
  await tracked.enter('checking', clock.now(), null, { waitingFor: null });
  await checkpoint('checking');
  const checked = await check(desk, tracked);
  await checkpoint('checked');
  if (tracked.abort !== null) return withdraw(desk, tracked);
  if (checked === null) return 'ended';
  const { preflight, inputs, domain } = checked;
  const policy = fleet.policy();
  tracked.inputs = inputs;
  const seconds = tracked.record.options.deadlineSeconds ?? policy.migration.maximumSeconds;
  await tracked.enter('reserved', clock.now(), null, {
    forecast: preflight.forecast,
    deadlineAt: Math.round(clock.now() + seconds * 1000),
  });
  await checkpoint('reserved');
  if (isAborted(tracked)) return withdraw(desk, tracked);
  const order = orderOf(tracked.record, policy, domain?.persistent ?? false, tracked, fleet.snapshot());
  await tracked.enter('copying', clock.now(), preflight.forecast?.reason ?? null);
  await checkpoint('copying');
  const beganAt = clock.now();
  const call = desk.hypervisor.migrate(order);
  call.catch(() => undefined);
  await checkpoint('called');
  const followed = await followMigration(desk, tracked, call, {
    postCopyPossible: order.postCopy,
    downtimeMs: tracked.record.options.downtimeMs ?? policy.migration.downtimeMs,
  });
  await checkpoint('call-ended');
  return concludeMigration(desk, tracked, followed, { beganAt, recovered: false, order });
};

/** What an earlier run of the collector may have begun: both hosts are asked, and a migration under way is followed. */
export const recoverMigration = (desk: MigrationDesk, tracked: TrackedMigration): Promise<Conclusion> => {
  const policy = desk.fleet.policy();
  const order = orderOf(tracked.record, policy, false, tracked, desk.fleet.snapshot());
  const nothing = { failure: null, completed: null, convergedNot: false };
  return concludeMigration(desk, tracked, nothing, { beganAt: null, recovered: true, order });
};

/** TypeScript believes that what was null before an await still is. */
const isAborted = ({ abort }: TrackedMigration): boolean => abort !== null;

/** An abort before anything was begun. */
export const withdraw = async (desk: MigrationDesk, tracked: TrackedMigration): Promise<Conclusion> => {
  desk.reservations.release(tracked.record.id);
  if (endStages.has(tracked.record.stage)) return 'ended';
  const message = tracked.abort?.message ?? 'withdrawn';
  await tracked.enter('aborted', desk.clock.now(), message, {
    runsOn: tracked.record.from,
    waitingFor: null,
    error: { code: 'aborted', message, advice: 'Nothing: the VM was not touched.' },
  });
  await desk.checkpoint('ended');
  return 'ended';
};

/** Null: it was refused, and the record says why. Otherwise room on the target is held from now on. */
const check = async (desk: MigrationDesk, tracked: TrackedMigration): Promise<PreflightResult | null> => {
  const { fleet, clock, reservations } = desk;
  const { record } = tracked;
  const refuse = async (messages: readonly string[], advice: string): Promise<null> => {
    const message = messages.join('; ');
    await tracked.enter('failed', clock.now(), message, {
      runsOn: record.from,
      error: { code: 'preflight', message, advice },
    });
    await desk.checkpoint('ended');
    return null;
  };
  const snapshot = fleet.snapshot();
  const judgement = fleet.judgement();
  const vm = vmIn(snapshot, record.uuid);
  if (snapshot === null || judgement === null || vm === undefined)
    return refuse([`${record.vm} is not in the fleet any more`], 'Look whether it was shut down or removed.');
  if (vm.host !== record.from)
    return refuse([`${record.vm} is on ${vm.host} by now, not on ${record.from}`], 'Make a new plan.');
  const result = await runPreflight(
    {
      vm,
      to: record.to,
      options: record.options,
      planned: record.recommendation !== null && record.drain === null,
    },
    {
      fleet,
      hypervisor: desk.hypervisor,
      calibration: desk.calibration(),
      now: clock.now(),
      running: runningBeside(desk, record.id),
      reserved: reservations.beside(snapshotSeen(snapshot)),
      draining: desk.drainingHosts(),
      movingAlready: null,
      routes: desk.routes,
    },
  );
  const failed = result.preflight.checks.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0)
    return refuse(
      failed.map(({ message }) => message),
      failed
        .map(({ advice }) => advice)
        .filter((advice) => advice !== null)
        .join(' '),
    );
  if (tracked.abort !== null) return result;
  // Others may have been given room while the hosts were asked: asked again and held without a pause between.
  const again = askConstraints(
    snapshot,
    judgement,
    fleet.policy(),
    record.uuid,
    record.to,
    reservations.beside(snapshotSeen(snapshot)),
  );
  if (again.refusals.length > 0)
    return refuse(
      again.refusals.map(({ message }) => `${record.vm} to ${record.to}: ${message}`),
      'Another migration was quicker; choose another target.',
    );
  reservations.hold({
    migration: record.id,
    uuid: record.uuid,
    from: record.from,
    to: record.to,
    memoryBytes: vm.memory.maximumBytes,
  });
  return result;
};

export const snapshotSeen = (snapshot: Snapshot) => ({
  at: snapshot.at,
  hostOf: (uuid: string) => vmIn(snapshot, uuid)?.host,
});

export const runningBeside = (desk: MigrationDesk, id: string | null) =>
  [...desk.tracked.values()]
    .filter(({ queued, record }) => !queued && record.id !== id)
    .map(({ record: { from, to } }) => ({ from, to }));

const orderOf = (
  record: Migration,
  policy: ReturnType<MigrationDesk['fleet']['policy']>,
  persistent: boolean,
  { inputs }: TrackedMigration,
  snapshot: ReturnType<MigrationDesk['fleet']['snapshot']>,
): MigrationOrder => {
  const { forecast, options } = record;
  const strategy = forecast?.strategy ?? 'pre-copy';
  const host = (name: string) => snapshot?.hosts.find((one) => one.name === name);
  const both = (feature: 'tls-migration' | 'post-copy') =>
    host(record.from)?.features?.includes(feature) === true &&
    host(record.to)?.features?.includes(feature) === true;
  const dirty = inputs?.sampledDirtyBytesPerSecond ?? 0;
  const mayNeedThrottle = inputs === null || dirty >= autoConvergeFrom * inputs.link;
  const multifd = strategy === 'parallel' || options.parallelConnections !== undefined;
  return {
    from: record.from,
    to: record.to,
    uuid: record.uuid,
    persistent,
    tls: options.tls ?? (policy.migration.requireTls || both('tls-migration')),
    // Costs nothing while the guest is tame, and saves a migration whose guest is wilder than its sample.
    autoConverge: policy.migration.allowAutoConverge && (strategy === 'auto-converge' || mayNeedThrottle),
    compression: strategy === 'compression',
    parallelConnections: multifd ? (options.parallelConnections ?? 4) : null,
    rdma: strategy === 'rdma',
    postCopy: policy.migration.allowPostCopy && both('post-copy') && !multifd,
    copyDisks: forecast?.copiesDisks ?? false,
    bandwidthBytesPerSecond: options.bandwidthBytesPerSecond ?? null,
    resume: false,
  };
};
