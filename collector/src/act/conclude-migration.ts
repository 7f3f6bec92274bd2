import type { Migration, MigrationFact } from '../fleet/migration.ts';
import type { MigrationObservation } from '../journal/migration-observation.ts';
import { explainFailure, type FailureExplained } from './explain-failure.ts';
import { followMigration, pauseUnlessWoken, type Followed } from './follow-migration.ts';
import { HostFailure, type JobSeen, type MigrationOrder } from './hypervisor-port.ts';
import { sight, whereabouts, type Sighting } from './locate-vm.ts';
import type { MigrationDesk } from './migration-desk.ts';
import type { TrackedMigration } from './tracked-migration.ts';

export type Conclusion = 'ended' | 'retry';

const againMs = 500;
const unreachableAgainMs = 1000;
/** So long a host that must be asked may be silent, when the other one's answer suffices to be sure. */
const silenceMs = 30_000;
/** After a restart: a call that was just sent may only now become a job. */
const settleMs = 3000;
const passingMs = 60_000;
/**
 * Giving up loses the VM, so it takes long: longer than the quarter of an hour after which TCP itself gives up a cut
 * stream, since only then QEMU knows that it broke and lets it be taken up again.
 */
const resumeForMs = 20 * 60_000;
const resumeEveryMs = 3000;
/** libvirt clears the source's half away by itself, or, when it missed QEMU's last word, never. */
const huskMs = 10_000;
const huskPatienceMs = 60_000;
/** One of the two halves is gone for good: looked at a few times, lest it was a moment's confusion. */
const hopelessLooks = 3;

/**
 * After the call, or after a restart: asks both hosts until the truth is known, and only then ends the record.
 * A broken post-copy is taken up again, since nothing else can save the VM.
 */
export const concludeMigration = async (
  desk: MigrationDesk,
  tracked: TrackedMigration,
  followed: Followed,
  more: {
    readonly beganAt: number | null;
    readonly recovered: boolean;
    readonly order: MigrationOrder | null;
  },
): Promise<Conclusion> => {
  const { hypervisor, clock, checkpoint } = desk;
  const { from, to, uuid } = tracked.record;
  const began = clock.now();
  let silentSince: number | null = null;
  let passingSince: number | null = null;
  let brokenSince: number | null = null;
  let huskSince: number | null = null;
  let hopeless = 0;
  let resumes = 0;
  let resuming = false;
  const callMilliseconds = more.beganAt === null ? null : began - more.beganAt;
  let latest = followed;
  for (;;) {
    const sighting = await sight(hypervisor, from, to, uuid);
    const where = whereabouts(sighting);
    const now = clock.now();
    const sure = where === 'unknown' ? sureInSpiteOf(sighting) : null;
    if (where !== 'unknown') silentSince = null;
    else silentSince ??= now;
    const waited = silentSince !== null && now - silentSince >= silenceMs;
    if (where === 'unknown' && !(waited && sure !== null)) {
      const silent = [
        sighting.source === 'unreachable' ? from : null,
        sighting.target === 'unreachable' ? to : null,
      ]
        .filter((host) => host !== null)
        .join(' and ');
      tracked.waitsFor(`${silent} does not answer; what became of the VM is known only when it does`);
      await pauseUnlessWoken(desk, tracked, unreachableAgainMs);
      continue;
    }
    const verdict = sure !== null && where === 'unknown' ? sure : where;
    if (verdict === 'moving') {
      if (sighting.job?.kind === 'migration-out') {
        passingSince = null;
        latest = merge(
          latest,
          await followMigration(desk, tracked, null, {
            postCopyPossible: more.order?.postCopy ?? false,
            downtimeMs: 300,
          }),
        );
        await pauseUnlessWoken(desk, tracked, againMs / 5);
        continue;
      }
      passingSince ??= now;
      if (now - passingSince < passingMs) {
        await pauseUnlessWoken(desk, tracked, againMs);
        continue;
      }
    }
    const whole = [sighting.source, sighting.target].every(
      (half) => typeof half === 'object' && half.state !== 'shutoff' && half.state !== 'crashed',
    );
    if (verdict === 'husk') {
      huskSince ??= now;
      if (now - huskSince < huskPatienceMs) {
        tracked.waitsFor(`${tracked.record.vm} is whole on ${to}; ${from} still holds half of it`);
        if (now - huskSince >= huskMs) await discardHusk(desk, tracked);
        await pauseUnlessWoken(desk, tracked, unreachableAgainMs);
        continue;
      }
      desk.log(
        `migration ${tracked.record.id}: ${from} still holds half of ${tracked.record.vm}; destroy it`,
      );
    } else huskSince = null;
    if (verdict === 'post-copy-broken') {
      brokenSince ??= now;
      hopeless = whole ? 0 : hopeless + 1;
      if (whole ? now - brokenSince < resumeForMs : hopeless < hopelessLooks) {
        if (whole && !resuming) {
          resumes += 1;
          resuming = true;
          // Not waited for: where only the link broke, QEMU's stream heals by itself, long before this is answered.
          void resumePostCopy(desk, tracked, more.order).finally(() => {
            resuming = false;
          });
        }
        tracked.waitsFor(
          whole
            ? `post-copy broke and ${tracked.record.vm} may stand still; taking it up again (attempt ${resumes})`
            : `post-copy broke and one half of ${tracked.record.vm} is gone; looking once more`,
        );
        await pauseUnlessWoken(desk, tracked, resumeEveryMs);
        continue;
      }
    }
    if (verdict === 'stayed' && more.recovered && now - began < settleMs) {
      await pauseUnlessWoken(desk, tracked, againMs);
      continue;
    }
    await checkpoint('verified');
    tracked.waitsFor(null);
    if (verdict === 'moved' || verdict === 'husk') {
      await endDone(desk, tracked, latest, callMilliseconds);
      return 'ended';
    }
    const told = explain(tracked, latest, verdict, { recovered: more.recovered, whole });
    const running = typeof sighting.source === 'object' && verdict === 'stayed';
    desk.reservations.release(tracked.record.id);
    if (running && told.transient && tracked.record.attempt === 1 && tracked.abort === null) {
      await tracked.enter('requested', clock.now(), `${told.message}; it is tried once more`, {
        attempt: 2,
        progress: null,
      });
      await checkpoint('retrying');
      return 'retry';
    }
    await endFailed(desk, tracked, told, running ? from : null);
    return 'ended';
  }
};

/** The one host that answers may know enough: who runs unpaused with no migration under way is the only one. */
const sureInSpiteOf = ({ source, target, job }: Sighting): 'stayed' | 'moved' | null => {
  if (typeof source === 'object' && source.state === 'running' && source.postCopy === 'no' && job === null)
    return 'stayed';
  return typeof target === 'object' && target.state === 'running' && target.postCopy === 'no'
    ? 'moved'
    : null;
};

const merge = (first: Followed, second: Followed): Followed => ({
  failure: second.failure ?? first.failure,
  completed: second.completed ?? first.completed,
  convergedNot: first.convergedNot || second.convergedNot,
});

const resumePostCopy = async (
  desk: MigrationDesk,
  tracked: TrackedMigration,
  order: MigrationOrder | null,
): Promise<void> => {
  const { from, to, uuid } = tracked.record;
  try {
    await desk.hypervisor.migrate({
      from,
      to,
      uuid,
      persistent: order?.persistent ?? false,
      tls: order?.tls ?? false,
      autoConverge: false,
      compression: false,
      parallelConnections: null,
      rdma: false,
      postCopy: true,
      copyDisks: false,
      bandwidthBytesPerSecond: null,
      resume: true,
    });
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    desk.log(`migration ${tracked.record.id}: post-copy could not be taken up: ${told}`);
  }
};

const discardHusk = async (desk: MigrationDesk, { record }: TrackedMigration): Promise<void> => {
  try {
    await desk.hypervisor.discard(record.from, record.uuid);
    desk.log(`migration ${record.id}: destroyed the half of ${record.vm} that was left on ${record.from}`);
  } catch (error) {
    if (!(error instanceof HostFailure)) throw error;
  }
};

type Verdict = 'stayed' | 'stopped' | 'gone' | 'twice' | 'moving' | 'post-copy-broken' | 'unknown';

const explain = (
  tracked: TrackedMigration,
  { failure, convergedNot }: Followed,
  verdict: Verdict,
  { recovered, whole }: { readonly recovered: boolean; readonly whole: boolean },
): FailureExplained => {
  const { vm, from, to } = tracked.record;
  const cause = failure === null ? null : explainFailure(failure);
  const with_ = (text: string) => (failure === null ? text : `${text} (${failure.message})`);
  switch (verdict) {
    case 'gone':
      return {
        code: 'vm-gone',
        message: with_(`${vm} ended during the migration and is on neither host`),
        advice: 'It was stopped or its QEMU died; start it again where it shall run.',
        transient: false,
      };
    case 'stopped':
      return {
        code: 'vm-stopped',
        message: with_(`${vm} stopped during the migration`),
        advice: 'Start it again where it shall run.',
        transient: false,
      };
    case 'twice':
      return {
        code: 'runs-twice',
        message: `${vm} runs on both ${from} and ${to}`,
        advice: 'Stop the copy whose disks are behind at once, before both write.',
        transient: false,
      };
    case 'post-copy-broken':
      return whole
        ? {
            code: 'post-copy-lost',
            message: with_(`${vm} stands still: its post-copy broke and could not be taken up again`),
            advice: `Both halves are still there: mend the link between ${from} and ${to} and run "virsh migrate --postcopy-resume", or destroy both and restart it from its disk.`,
            transient: false,
          }
        : {
            code: 'post-copy-lost',
            message: with_(`${vm} is lost: its post-copy broke and one half of its memory is gone`),
            advice: `Destroy the half that is left ("virsh destroy ${vm}" on ${to}), then start ${vm} again from its disk.`,
            transient: false,
          };
    case 'moving':
      return {
        code: 'stuck',
        message: with_(`${vm} is paused on one of the hosts and no migration works on it`),
        advice: `Look at it on ${from} ("virsh domstate --reason") and resume it there.`,
        transient: false,
      };
    default:
      break;
  }
  if (tracked.abort !== null)
    return {
      code: tracked.abort.by === 'deadline' ? (convergedNot ? 'did-not-converge' : 'deadline') : 'aborted',
      message: tracked.abort.message,
      advice:
        tracked.abort.by === 'deadline'
          ? 'Allow more time, a longer downtime, auto-converge or post-copy, or wait until the VM writes less.'
          : 'Nothing: the VM runs on as before.',
      transient: false,
    };
  if (cause !== null)
    return cause.code === 'aborted'
      ? { ...cause, message: `somebody cancelled it on ${from}: ${cause.message}` }
      : cause;
  return {
    code: 'interrupted',
    message: recovered
      ? `the collector stopped before ${vm} moved`
      : `${from} says that ${vm} moved, but it is still there`,
    advice: 'Request it again.',
    transient: recovered,
  };
};

const endFailed = async (
  desk: MigrationDesk,
  tracked: TrackedMigration,
  told: FailureExplained,
  runsOn: string | null,
): Promise<void> => {
  const stage = told.code === 'aborted' ? 'aborted' : 'failed';
  await tracked.enter(stage, desk.clock.now(), told.message, {
    runsOn,
    waitingFor: null,
    error: { code: told.code, message: told.message, advice: told.advice },
  });
  await desk.checkpoint('ended');
};

const endDone = async (
  desk: MigrationDesk,
  tracked: TrackedMigration,
  followed: Followed,
  callMilliseconds: number | null,
): Promise<void> => {
  const { record } = tracked;
  const job =
    (await desk.hypervisor.completedJob(record.to, record.uuid).catch((error: unknown) => {
      if (error instanceof HostFailure) return null;
      throw error;
    })) ?? followed.completed;
  const fact = factOf(record, job, callMilliseconds, desk.clock.now());
  const observation = observationOf(tracked, fact, job, desk.clock.now());
  if (observation !== null) {
    await desk.journal.observations.add(observation);
    await desk.checkpoint('observed');
  }
  desk.reservations.arrived(record.id, desk.clock.now());
  await tracked.enter('done', desk.clock.now(), null, { runsOn: record.to, waitingFor: null, fact });
  await desk.checkpoint('ended');
  await desk.learn();
};

const factOf = (
  record: Migration,
  job: JobSeen | null,
  callMilliseconds: number | null,
  now: number,
): MigrationFact => {
  const copying = record.stages.findLast(({ stage }) => stage === 'copying')?.at ?? now;
  const milliseconds = callMilliseconds ?? job?.milliseconds ?? now - copying;
  return {
    seconds: milliseconds / 1000,
    downtimeSeconds: job?.downtimeMilliseconds == null ? null : job.downtimeMilliseconds / 1000,
    bytes: job?.bytesProcessed ?? null,
    bytesPerSecond: job?.bytesPerSecond ?? null,
    rounds: job?.iteration ?? null,
  };
};

/** Learned from only where it was forecast and watched as a whole, and nobody steered it meanwhile. */
const observationOf = (
  { record, inputs }: TrackedMigration,
  fact: MigrationFact,
  job: JobSeen | null,
  at: number,
): MigrationObservation | null => {
  if (record.forecast === null || inputs === null || job === null) return null;
  const touched =
    job.memoryTotal === null || job.zeroBytes === null
      ? null
      : Math.max(0, Math.min(job.memoryTotal - job.zeroBytes, job.sentPagesBytes ?? Infinity));
  return {
    migration: record.id,
    at,
    uuid: record.uuid,
    vm: record.vm,
    from: record.from,
    to: record.to,
    forecast: record.forecast,
    fact,
    inputs,
    measured: {
      touchedBytes: touched,
      dirtyBytesPerSecond: job.iteration > 2 ? job.dirtyBytesPerSecond : null,
      transferSeconds:
        job.memoryProcessed === null || job.bytesPerSecond === null || job.bytesPerSecond === 0
          ? null
          : job.memoryProcessed / job.bytesPerSecond,
    },
  };
};
