import type { MigrationProgress } from '../fleet/migration.ts';
import { HostFailure, type JobSeen } from './hypervisor-port.ts';
import { pause, Stopped, type MigrationDesk } from './migration-desk.ts';
import type { TrackedMigration } from './tracked-migration.ts';

export type Followed = {
  /** Why the call failed; null: it succeeded, or there was no call and the job has ended. */
  readonly failure: HostFailure | null;
  /** The source's last figures. */
  readonly completed: JobSeen | null;
  readonly convergedNot: boolean;
};

const pollMs = 200;
const firstPollMs = 40;
/** libvirt's default; asked for only when another is wanted. */
const usualDowntimeMs = 300;
const roundsBeforeJudging = 4;
const secondsBeforeJudging = 8;
/** A source whose QEMU died in post-copy leaves the call hanging; nothing is to be waited for then. */
const vanishedMs = 10_000;
const abortAgainMs = 2000;

/**
 * Watches a migration until its call ends, or, without a call (after a restart), until its job is gone. Tells its
 * progress, keeps its deadline, carries out an abort, and switches to post-copy where that was allowed and is needed.
 */
export const followMigration = async (
  desk: MigrationDesk,
  tracked: TrackedMigration,
  call: Promise<void> | null,
  options: { readonly postCopyPossible: boolean; readonly downtimeMs: number },
): Promise<Followed> => {
  const { hypervisor, clock, checkpoint } = desk;
  const { uuid, from } = tracked.record;
  const seen = { switching: false, postCopy: false, broken: false, stopped: false };
  let completed: JobSeen | null = null;
  const stopWatching = hypervisor.watch(from, (told) => {
    if ('uuid' in told && told.uuid !== uuid) return;
    if (told.kind === 'job-completed') completed = told.job;
    if (told.kind === 'paused-for-migration') seen.switching = true;
    if (told.kind === 'post-copy') seen.postCopy = seen.switching = true;
    if (told.kind === 'post-copy-failed') seen.broken = true;
    if (told.kind === 'stopped') seen.stopped = true;
    if (told.kind !== 'iteration') tracked.wake();
  });
  const end: { settled: boolean; failure: HostFailure | null; unexpected: Error | null } = {
    settled: false,
    failure: null,
    unexpected: null,
  };
  const settled =
    call?.then(
      () => {
        end.settled = true;
      },
      (error: unknown) => {
        end.settled = true;
        if (error instanceof HostFailure) end.failure = error;
        else end.unexpected = error instanceof Error ? error : new Error(String(error));
      },
    ) ?? new Promise<void>(() => undefined);

  const began = clock.now();
  const once = new Set<string>();
  let absentSince: number | null = null;
  let abortedAt = -Infinity;
  let convergedNot = false;
  let wait = firstPollMs;
  let post = false;
  try {
    for (;;) {
      const napping = new AbortController();
      const nap = clock.sleep(wait, AbortSignal.any([desk.stopping, napping.signal])).catch(() => undefined);
      await Promise.race([settled, tracked.woken(), nap]);
      napping.abort();
      wait = once.has('bytes') ? pollMs : firstPollMs;
      if (desk.stopping.aborted) throw new Stopped();
      if ((seen.switching || seen.postCopy) && tracked.record.stage === 'copying') {
        await tracked.enter('switching', clock.now(), seen.postCopy ? 'post-copy' : 'the guest stands still');
        await checkpoint('switching');
      }
      if (end.settled) {
        if (end.unexpected !== null) throw end.unexpected;
        return { failure: end.failure, completed, convergedNot };
      }
      if (seen.broken) return { failure: brokenPostCopy(from), completed, convergedNot };

      const now = clock.now();
      const { deadlineAt } = tracked.record;
      if (deadlineAt !== null && now >= deadlineAt && !post)
        tracked.requestAbort({
          by: 'deadline',
          message: convergedNot
            ? 'it did not converge before its deadline'
            : 'it was not done before its deadline',
        });
      if (tracked.abort !== null && now - abortedAt >= abortAgainMs && !post) {
        abortedAt = now;
        await once1(once, 'aborting', () => checkpoint('aborting'));
        await hypervisor.abort(from, uuid).catch((error: unknown) => {
          // Not begun yet, or just ended: the next look tells.
          if (!(error instanceof HostFailure)) throw error;
        });
      }
      const job = await hypervisor.job(from, uuid).catch((error: unknown) => {
        // A VM that is off has no job; only a host that does not answer leaves it open.
        if (error instanceof HostFailure) return error.unreachable ? ('unknown' as const) : null;
        throw error;
      });
      if (job === 'unknown') {
        if (call === null) return { failure: null, completed, convergedNot };
        continue;
      }
      if (job === null || job.kind === 'none') {
        if (call === null) return { failure: null, completed, convergedNot };
        if (seen.stopped || post) {
          absentSince ??= now;
          if (now - absentSince > vanishedMs) return { failure: vanished(from), completed, convergedNot };
        }
        continue;
      }
      absentSince = null;
      post ||= seen.postCopy || (job.postCopyRequests ?? 0) > 0;
      tracked.progress(progressOf(job, now, post));
      if (options.downtimeMs !== usualDowntimeMs && job.bytesTotal > 0)
        await once1(once, 'downtime', () =>
          hypervisor.setDowntime(from, uuid, options.downtimeMs).catch(ignoreFailure),
        );
      if (job.bytesProcessed > 0) await once1(once, 'bytes', () => checkpoint('first-bytes'));
      if (job.bytesTotal > 0 && job.bytesRemaining < job.bytesTotal / 2)
        await once1(once, 'middle', () => checkpoint('mid-copy'));
      if (post) continue;
      const chosenPostCopy = tracked.record.forecast?.strategy === 'post-copy';
      const stuck =
        job.iteration >= roundsBeforeJudging &&
        now - began > secondsBeforeJudging * 1000 &&
        (job.dirtyBytesPerSecond ?? 0) >= (job.bytesPerSecond ?? Infinity);
      convergedNot ||= stuck;
      if (options.postCopyPossible && (stuck || (chosenPostCopy && job.iteration >= 2)))
        await once1(once, 'post-copy', async () => {
          await checkpoint('post-copy');
          await hypervisor.startPostCopy(from, uuid).catch(ignoreFailure);
        });
    }
  } finally {
    stopWatching();
  }
};

/** What a tracked migration's abort may come to while it waits for something else. */
export const pauseUnlessWoken = async (
  desk: MigrationDesk,
  tracked: TrackedMigration,
  milliseconds: number,
): Promise<void> => {
  await Promise.race([pause(desk, milliseconds), tracked.woken()]);
};

const once1 = async (done: Set<string>, name: string, work: () => Promise<void>): Promise<void> => {
  if (done.has(name)) return;
  done.add(name);
  await work();
};

const ignoreFailure = (error: unknown): void => {
  if (!(error instanceof HostFailure)) throw error;
};

const brokenPostCopy = (host: string): HostFailure =>
  new HostFailure(host, 'the migration failed in post-copy phase', { unreachable: false, libvirtCode: 9 });

const vanished = (host: string): HostFailure =>
  new HostFailure(host, 'domain is not running: the source lost it while it was moving', {
    unreachable: false,
    libvirtCode: 9,
  });

const progressOf = (job: JobSeen, at: number, postCopy: boolean): MigrationProgress => ({
  at,
  bytesTotal: job.bytesTotal,
  bytesProcessed: job.bytesProcessed,
  bytesRemaining: job.bytesRemaining,
  bytesPerSecond: job.bytesPerSecond,
  dirtyBytesPerSecond: job.dirtyBytesPerSecond,
  iteration: job.iteration,
  throttlePercent: job.throttlePercent,
  postCopy,
});
