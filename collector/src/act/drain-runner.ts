import type { Actor } from '../fleet/actor.ts';
import type { Drain, DrainRequest } from '../fleet/drain.ts';
import type { MigrationRequest } from '../fleet/migration-request.ts';
import type { Migration } from '../fleet/migration.ts';
import type { Move } from '../fleet/move.ts';
import { fingerprintOf } from '../journal/idempotency.ts';
import type { Journal } from '../journal/journal.ts';
import { ActError } from './act-error.ts';
import type { Clock } from './clock.ts';
import type { DrainControl } from './controller.ts';
import type { FleetView } from './fleet-view.ts';
import { vmIn } from './vm-in.ts';
import { endStages, type TrackedMigration } from './tracked-migration.ts';

export type DrainParts = {
  readonly journal: Journal;
  readonly fleet: FleetView;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: (message: string) => void;
  readonly stopping: AbortSignal;
  readonly tracked: ReadonlyMap<string, TrackedMigration>;
  readonly request: (
    request: MigrationRequest,
    actor: Actor,
    key: string | null,
    of: { readonly drain: string },
  ) => Promise<Migration>;
  readonly pump: () => void;
  readonly told: (drain: Drain) => void;
  readonly mayAct: (actor: Actor) => void;
};

export type DrainRunner = {
  readonly control: DrainControl;
  readonly drainingHosts: () => ReadonlySet<string>;
  /** Why a migration of a drain may not start yet. */
  readonly heldBack: (migration: Migration) => string | null;
  readonly start: () => Promise<void>;
  readonly idle: () => Promise<void>;
};

type Held = { drain: Drain; revision: number; resumed: () => void; saving: Promise<unknown> };

const listLimit = 200;
const plansMaximum = 50;
const settleMs = 30_000;
const settleStepMs = 500;

/** Carries plans out wave by wave, and stops as soon as the world is not the one that the plan was made for. */
export const drainRunner = (parts: DrainParts): DrainRunner => {
  const { journal, fleet, clock, stopping } = parts;
  const held = new Map<string, Held>();
  const emptied = new Map<string, string>();
  const working = new Set<Promise<void>>();

  const save = (one: Held, change: Partial<Drain> | ((now: Drain) => Partial<Drain>)): Promise<void> => {
    const result = one.saving.then(async () => {
      // Worked out only now: several moves of a wave may change the record at once.
      const next = { ...one.drain, ...(typeof change === 'function' ? change(one.drain) : change) };
      one.revision = await journal.drains.update(next, one.revision);
      one.drain = next;
      if (next.host !== null) {
        if (next.state === 'done') emptied.set(next.host, next.id);
        else if (emptied.get(next.host) === next.id) emptied.delete(next.host);
      }
      parts.told(next);
    });
    one.saving = result.catch(() => undefined);
    return result;
  };
  const end = async (one: Held, state: 'done' | 'stopped' | 'cancelled', cause: string | null) => {
    await save(one, { state, cause, endedAt: clock.now() });
    held.delete(one.drain.id);
  };

  const plan = (request: DrainRequest): Pick<Drain, 'host' | 'recommendation' | 'moves' | 'stays'> => {
    if ('host' in request) {
      const snapshot = fleet.snapshot();
      if (snapshot === null)
        throw new ActError(
          'not-available',
          'no-data',
          'nothing is known of the fleet yet; try again after the first poll',
        );
      if (!snapshot.hosts.some(({ name }) => name === request.host))
        throw new ActError('not-found', 'no-such-host', `there is no host "${request.host}" in this fleet`);
      const { moves, stays } = fleet.planDrain(request.host);
      return { host: request.host, recommendation: null, moves: [...moves], stays: [...stays] };
    }
    const advice = fleet.recommendations().find(({ id }) => id === request.recommendation);
    if (advice === undefined || advice.expiresAt <= clock.now())
      throw new ActError(
        'conflict',
        'stale-plan',
        'this recommendation does not stand any more: it expired or the fleet has changed; look at the new ones',
      );
    return { host: null, recommendation: advice.id, moves: advice.moves, stays: [] };
  };
  const draft = (request: DrainRequest, actor: Actor): Drain => {
    const planned = plan(request);
    return {
      id: parts.newId(),
      ...planned,
      state: 'running',
      cause: null,
      requestedBy: actor.name,
      reason: request.reason ?? null,
      startedAt: clock.now(),
      endedAt: null,
      wave: 0,
      waves: wavesOf(planned.moves),
      migrations: [],
    };
  };

  /** What the collector asks for on behalf of whoever ordered the drain. */
  const actorOf = (drain: Drain): Actor => ({
    name: `drain ${drain.id}`,
    role: 'operator',
    via: 'autopilot',
    address: `on behalf of ${drain.requestedBy}`,
  });

  const paused = async (one: Held): Promise<void> => {
    while (one.drain.state === 'paused' && !stopping.aborted)
      await new Promise<void>((resolve) => {
        one.resumed = resolve;
        stopping.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      });
  };

  /** Null: the move may be asked for; otherwise why the plan is not of this world any more, or `skip`. */
  const worldChanged = (move: Move): string | null => {
    const snapshot = fleet.snapshot();
    const vm = vmIn(snapshot, move.uuid);
    if (vm === undefined || vm.state === 'shutoff') return 'skip';
    if (vm.host === move.to) return 'skip';
    if (vm.host !== move.from) return `${move.vm} is on ${vm.host} by now, not on ${move.from}`;
    const target = snapshot?.hosts.find(({ name }) => name === move.to);
    if (target === undefined) return `${move.to} is not in the fleet any more`;
    if (target.maintenance || drainingHosts().has(move.to)) return `${move.to} is to be emptied itself`;
    if (target.freshness !== 'fresh' || target.power !== 'on')
      return `${move.to} is ${target.power === 'off' ? 'off' : 'silent'}`;
    return null;
  };

  /** Asks for one move, once however often the collector restarts, and waits for its end. */
  const carryOut = async (one: Held, move: Move, key: string): Promise<string | null> => {
    let migration: Migration;
    try {
      migration = await parts.request(
        {
          uuid: move.uuid,
          to: move.to,
          from: move.from,
          priority: 3,
          ...(one.drain.reason === null ? {} : { reason: one.drain.reason }),
        },
        actorOf(one.drain),
        key,
        { drain: one.drain.id },
      );
    } catch (error) {
      if (!(error instanceof ActError)) throw error;
      return `${move.vm} could not be moved: ${error.message}`;
    }
    await save(one, ({ migrations }) => ({ migrations: [...new Set([...migrations, migration.id])] }));
    const tracked = parts.tracked.get(migration.id);
    const ended =
      tracked === undefined
        ? ((await journal.migrations.get(migration.id))?.migration ?? migration)
        : await Promise.race([tracked.ended, aborted(stopping)]);
    if (ended === null || !endStages.has(ended.stage)) return null;
    return ended.stage === 'done'
      ? null
      : `${move.vm} did not arrive: ${ended.error?.message ?? ended.stage}`;
  };

  /** What others may have changed during an await. */
  const isOver = (one: Held): boolean => stopping.aborted || one.drain.state === 'cancelled';

  const run = async (one: Held): Promise<void> => {
    for (let plans = 0; plans < plansMaximum; plans += 1) {
      while (one.drain.wave < one.drain.waves) {
        await paused(one);
        if (isOver(one)) return;
        const { wave } = one.drain;
        const moves = one.drain.moves.filter((move) => move.wave === wave);
        const known = await knownMigrations(one.drain);
        const due: Move[] = [];
        for (const move of moves) {
          if (known.has(keyOf(one.drain, move, wave))) {
            due.push(move);
            continue;
          }
          const change = worldChanged(move);
          if (change === 'skip') continue;
          if (change !== null) {
            await end(one, 'stopped', `the world changed: ${change}`);
            return;
          }
          due.push(move);
        }
        const troubles = await Promise.all(
          due.map((move) => carryOut(one, move, keyOf(one.drain, move, wave))),
        );
        if (isOver(one)) return;
        const trouble = troubles.filter((text) => text !== null);
        if (trouble.length > 0) {
          await end(one, 'stopped', trouble.join('; '));
          return;
        }
        await save(one, { wave: wave + 1 });
      }
      const { host } = one.drain;
      if (host === null) break;
      // The plan was of bounded length, and VMs may have come or started meanwhile.
      await shown(one.drain);
      if (isOver(one)) return;
      const { moves, stays } = fleet.planDrain(host);
      if (moves.length === 0) {
        await save(one, { stays: [...stays] });
        break;
      }
      const offset = one.drain.waves;
      const more = moves.map((move) => ({ ...move, wave: move.wave + offset }));
      await save(one, {
        moves: [...one.drain.moves, ...more],
        waves: offset + wavesOf(moves),
        stays: [...stays],
      });
    }
    const left = one.drain.stays.length;
    await end(
      one,
      'done',
      left === 0 ? null : `${left === 1 ? 'one VM stays' : `${left} VMs stay`}, see why`,
    );
  };

  /** A plan made from a snapshot that does not show the last moves yet would move them again. */
  const shown = async (drain: Drain): Promise<void> => {
    for (let waited = 0; waited < settleMs && !stopping.aborted; waited += settleStepMs) {
      const snapshot = fleet.snapshot();
      const late = drain.moves.some((move) => {
        const vm = vmIn(snapshot, move.uuid);
        return vm?.host === move.from;
      });
      if (!late) return;
      await clock.sleep(settleStepMs, stopping).catch(() => undefined);
    }
  };

  const knownMigrations = async (drain: Drain): Promise<ReadonlySet<string>> => {
    const known = new Set<string>();
    for (const move of drain.moves) {
      const key = keyOf(drain, move, move.wave);
      if (
        (await journal.migrations.claimed({ actor: actorOf(drain).name, key, fingerprint: '', at: 0 })) !==
        null
      )
        known.add(key);
    }
    return known;
  };

  const work = (one: Held): void => {
    const job = run(one).catch(async (error: unknown) => {
      if (stopping.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      parts.log(`drain ${one.drain.id}: ${message}`);
      await end(one, 'stopped', message).catch((again: unknown) => {
        parts.log(`drain ${one.drain.id}: its end could not be written: ${String(again)}`);
      });
    });
    working.add(job);
    void job.finally(() => working.delete(job));
  };

  const drainingHosts = (): ReadonlySet<string> => {
    const hosts = new Set(emptied.keys());
    for (const { drain } of held.values()) if (drain.host !== null) hosts.add(drain.host);
    return hosts;
  };

  const find = async (id: string): Promise<Held> => {
    const one = held.get(id);
    if (one !== undefined) return one;
    const stored = await journal.drains.get(id);
    if (stored === null) throw new ActError('not-found', 'no-such-drain', `there is no drain ${id}`);
    return { ...stored, resumed: () => undefined, saving: Promise.resolve() };
  };
  const wrongState = (drain: Drain, wanted: string) =>
    new ActError('conflict', 'wrong-state', `drain ${drain.id} is ${drain.state}, it cannot be ${wanted}`);

  const control: DrainControl = {
    preview: async (request, actor) => await Promise.resolve(request).then((asked) => draft(asked, actor)),
    start: async (request, actor, key) => {
      parts.mayAct(actor);
      const drain = draft(request, actor);
      const claim =
        key === null
          ? null
          : { actor: actor.name, key, fingerprint: fingerprintOf(request), at: clock.now() };
      const created = await journal.drains.create(drain, claim);
      if (created.outcome === 'created') {
        const one = { drain, revision: 1, resumed: () => undefined, saving: Promise.resolve() };
        held.set(drain.id, one);
        parts.told(drain);
        work(one);
        return drain;
      }
      if (created.outcome === 'busy')
        throw new ActError('conflict', 'drain-under-way', `this is under way already: drain ${created.id}`);
      if (created.outcome === 'key-reused')
        throw new ActError('conflict', 'key-reused', 'this idempotency key was used for another request');
      return (await find(created.id)).drain;
    },
    list: async () =>
      (await journal.drains.list(listLimit)).map((drain) => held.get(drain.id)?.drain ?? drain),
    get: async (id) => held.get(id)?.drain ?? (await journal.drains.get(id))?.drain ?? null,
    pause: async (id, actor) => {
      parts.mayAct(actor);
      const one = await find(id);
      if (one.drain.state !== 'running') throw wrongState(one.drain, 'paused');
      await save(one, { state: 'paused', cause: `paused by ${actor.name}` });
      return one.drain;
    },
    resume: async (id, actor) => {
      parts.mayAct(actor);
      const one = await find(id);
      if (one.drain.state === 'paused') {
        await save(one, { state: 'running', cause: null });
        one.resumed();
        parts.pump();
        return one.drain;
      }
      // A stopped one goes on with a new plan for the world as it is now.
      if (one.drain.state !== 'stopped' || one.drain.host === null) throw wrongState(one.drain, 'resumed');
      const { moves, stays } = fleet.planDrain(one.drain.host);
      const offset = one.drain.waves;
      await save(one, {
        state: 'running',
        cause: null,
        endedAt: null,
        wave: offset,
        waves: offset + wavesOf(moves),
        moves: [...one.drain.moves, ...moves.map((move) => ({ ...move, wave: move.wave + offset }))],
        stays: [...stays],
      });
      held.set(id, one);
      work(one);
      return one.drain;
    },
    cancel: async (id, actor) => {
      parts.mayAct(actor);
      const one = await find(id);
      if (one.drain.state === 'cancelled') throw wrongState(one.drain, 'cancelled');
      for (const tracked of parts.tracked.values())
        if (tracked.record.drain === id && tracked.queued)
          tracked.requestAbort({ by: 'operator', message: `its drain was cancelled by ${actor.name}` });
      await end(one, 'cancelled', `cancelled by ${actor.name}`);
      one.resumed();
      parts.pump();
      return one.drain;
    },
  };

  return {
    control,
    drainingHosts,
    heldBack: ({ drain }) =>
      drain !== null && held.get(drain)?.drain.state === 'paused' ? 'its drain, which is paused' : null,
    start: async () => {
      const newest = new Set<string>();
      for (const drain of await journal.drains.list(listLimit)) {
        if (drain.host === null || newest.has(drain.host)) continue;
        newest.add(drain.host);
        if (drain.state === 'done') emptied.set(drain.host, drain.id);
      }
      for (const { drain, revision } of await journal.drains.active()) {
        const one = { drain, revision, resumed: () => undefined, saving: Promise.resolve() };
        held.set(drain.id, one);
        work(one);
      }
    },
    idle: async () => {
      for (const one of held.values()) one.resumed();
      await Promise.allSettled([...working]);
    },
  };
};

const wavesOf = (moves: readonly Move[]): number =>
  moves.reduce((most, { wave }) => Math.max(most, wave + 1), 0);

const keyOf = (drain: Drain, move: Move, wave: number): string => `${drain.id} ${wave} ${move.uuid}`;

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener(
      'abort',
      () => {
        resolve(null);
      },
      { once: true },
    );
  });
