import type { AdviseHistory, AdviseOptions } from '../advise/advice.ts';
import { adviseInSlices } from '../advise/advise.ts';
import { checkSnapshot } from '../advise/check-snapshot.ts';
import { createPlanning } from '../advise/create-planning.ts';
import { drainHost } from '../advise/drain.ts';
import { buildFleetModel } from '../advise/fleet-model.ts';
import { forecastMove } from '../advise/migration-forecast.ts';
import { placeVm } from '../advise/place-vm.ts';
import { rankTargets } from '../advise/rank-targets.ts';
import { whatIf } from '../advise/what-if.ts';
import type { DrainPlan } from '../act/fleet-view.ts';
import { Value } from 'typebox/value';
import type { AdviceService } from '../api/services.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { MigrationCalibration } from '../fleet/migration-calibration.ts';
import type { MoveRecord, PowerRecord } from '../fleet/move-record.ts';
import { withDefaults } from '../fleet/default-policy.ts';
import { Policy } from '../fleet/policy.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import type { Sliced } from '../fleet/sliced.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import type { Journal } from '../journal/journal.ts';

export type AdvisorOptions = {
  readonly journal: Pick<Journal, 'decisions' | 'migrations'>;
  readonly policy: () => Policy;
  readonly calibration: () => MigrationCalibration;
  /** The newest that is known; null until the first snapshot was judged. */
  readonly ground: () => { readonly snapshot: Snapshot; readonly judgement: Judgement } | null;
  /** Migrations under way, by the name of each host they touch. */
  readonly flowing: () => ReadonlyMap<string, number>;
  /** Hosts that are being emptied, or are empty for maintenance. */
  readonly draining: () => ReadonlySet<string>;
  readonly onChange: (recommendations: readonly Recommendation[]) => void;
  readonly now: () => number;
};

const seed = 1;
/** A plan that somebody said no to is not made again for so long. */
const dismissedForMs = 60 * 60_000;
const stepsPerTick = 400_000;

/** Keeps the advice of the moment: makes it from each judged snapshot, forgets what expired or was dismissed. */
export class Advisor implements AdviceService {
  readonly #options: AdvisorOptions;
  readonly #dismissed = new Map<string, number>();
  #moves: MoveRecord[] = [];
  readonly #power: PowerRecord[] = [];
  #current: readonly Recommendation[] = [];
  #mark = '[]';

  constructor(options: AdvisorOptions) {
    this.#options = options;
  }

  /** Takes up what was decided and moved before this start. */
  async load(): Promise<void> {
    const { journal, now, policy } = this.#options;
    for (const { recommendation, at, decision } of await journal.decisions.since(now() - dismissedForMs)) {
      if (decision === 'dismissed') this.#dismissed.set(recommendation, at);
    }
    const from = now() - policy().cooldown.windowHours * 3_600_000;
    const { items } = await journal.migrations.list({ active: false, from, limit: 1000, offset: 0 });
    for (const { stage, stages, uuid, from: source, to } of items) {
      if (stage === 'done') this.#moves.push({ uuid, from: source, to, at: stages.at(-1)?.at ?? from });
    }
  }

  moved(move: MoveRecord): void {
    const oldest = this.#options.now() - this.#options.policy().cooldown.windowHours * 3_600_000;
    this.#moves = [...this.#moves.filter(({ at }) => at >= oldest), move];
  }

  /** Makes the advice for what is known now. */
  *refresh(): Sliced<void> {
    const { ground, policy, onChange } = this.#options;
    const known = ground();
    if (!known) return;
    const { recommendations } = yield* adviseInSlices(
      known.snapshot,
      known.judgement,
      this.#history(),
      policy(),
      this.#adviseOptions(),
    );
    // A host that is being emptied already needs no advice to empty it.
    const draining = this.#options.draining();
    this.#current = recommendations.filter(
      ({ id, kind, moves }) =>
        !this.#isDismissed(id) && !(kind === 'drain' && moves.every(({ from }) => draining.has(from))),
    );
    const mark = JSON.stringify(this.#current.map(({ id, expiresAt }) => [id, expiresAt]));
    if (mark === this.#mark) return;
    this.#mark = mark;
    onChange(this.#current);
  }

  recommendations(): readonly Recommendation[] {
    const now = this.#options.now();
    return this.#current.filter(({ expiresAt }) => expiresAt > now);
  }

  find(id: string): Recommendation | null {
    return this.recommendations().find((one) => one.id === id) ?? null;
  }

  dismiss: AdviceService['dismiss'] = async (id, reason, actor) => {
    if (!this.find(id)) {
      throw new ApiProblem('not-found', 'There is no such recommendation now; it may have expired.');
    }
    const at = this.#options.now();
    await this.#options.journal.decisions.add({
      recommendation: id,
      at,
      who: actor.name,
      decision: 'dismissed',
      reason,
    });
    this.#dismissed.set(id, at);
    this.#current = this.#current.filter((one) => one.id !== id);
    this.#options.onChange(this.#current);
  };

  whatIf: AdviceService['whatIf'] = ({ policy, ...hypothesis }) => {
    const { snapshot, judgement } = this.#known();
    const wanted = policy === undefined ? this.#options.policy() : Value.Parse(Policy, withDefaults(policy));
    const answer = whatIf(snapshot, judgement, hypothesis, wanted, this.#adviseOptions());
    return Promise.resolve({
      snapshotSequence: snapshot.sequence,
      recommendations: [...answer.advice.recommendations],
      effects: [...answer.effects],
      problems: [...answer.problems, ...answer.advice.refused.map(({ reason }) => reason)],
    });
  };

  place: AdviceService['place'] = (vm) => {
    const { snapshot, judgement } = this.#known();
    const placed = placeVm(snapshot, judgement, this.#options.policy(), vm, this.#adviseOptions());
    return Promise.resolve({
      snapshotSequence: snapshot.sequence,
      ...placed,
      effects: [...placed.effects],
      alternatives: placed.alternatives.map((one) => ({ ...one, effects: [...one.effects] })),
      refused: [...placed.refused],
    });
  };

  targets: AdviceService['targets'] = (uuid, limit) => {
    const { snapshot, judgement } = this.#known();
    const ranked = rankTargets(snapshot, judgement, this.#options.policy(), uuid, this.#adviseOptions());
    return Promise.resolve(
      ranked.targets.slice(0, limit).map((target) => ({ ...target, effects: [...target.effects] })),
    );
  };

  /** What emptying this host takes: the moves, and what must stay. */
  planDrain(host: string): DrainPlan {
    const { snapshot, judgement } = this.#known();
    const check = checkSnapshot(snapshot, judgement);
    const model = buildFleetModel(snapshot, judgement, this.#options.policy(), check.untrusted);
    const options = { ...this.#adviseOptions(), drain: [host] };
    const planning = createPlanning(model, this.#history(), options);
    const place = model.hostIndex.get(host);
    const plan = place === undefined ? null : drainHost(planning, place, 'ordered', []);
    const stays = planning.refused.flatMap(({ subject, reason }) =>
      subject.type === 'vm' ? [{ uuid: subject.id, vm: subject.name, reason }] : [],
    );
    return { moves: plan?.moves ?? [], stays };
  }

  /** Moves that were really made, within the policy's window. */
  moves(): readonly MoveRecord[] {
    return this.#moves;
  }

  #known(): { readonly snapshot: Snapshot; readonly judgement: Judgement } {
    const known = this.#options.ground();
    if (known) return known;
    throw new ApiProblem('not-available', 'Nothing was judged yet; try again in a few seconds.', {
      retryAfterSeconds: 5,
    });
  }

  #history(): AdviseHistory {
    return { moves: this.#moves, power: this.#power, previous: this.#current };
  }

  #adviseOptions(): AdviseOptions {
    const policy = this.#options.policy();
    const calibration = this.#options.calibration();
    const running = this.#options.flowing();
    return {
      seed,
      budget: { steps: stepsPerTick },
      forecastMove: (vm, from, to, flowing) =>
        forecastMove(vm, from, to, { policy, calibration, flowing: added(running, flowing) }),
    };
  }

  #isDismissed(id: string): boolean {
    const at = this.#dismissed.get(id);
    if (at === undefined) return false;
    if (this.#options.now() - at < dismissedForMs) return true;
    this.#dismissed.delete(id);
    return false;
  }
}

function added(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number> | undefined,
): ReadonlyMap<string, number> {
  if (b === undefined || b.size === 0) return a;
  const sum = new Map(a);
  for (const [host, count] of b) sum.set(host, (sum.get(host) ?? 0) + count);
  return sum;
}
