import type { Move, PowerAction } from '../fleet/move.ts';
import type { Recommendation } from '../fleet/recommendation.ts';
import type { Constraints } from './constraints.ts';
import { effectsOn } from './effects.ts';
import { orderMoves, type OrderedMove } from './order-moves.ts';
import type { Placement } from './placement.ts';
import { hopelessKey, type Planning, type Proposal, type Targets } from './planning.ts';
import { recommendationId } from './recommendation-id.ts';
import { validatePlan } from './validate-plan.ts';

export type Made =
  | { readonly recommendation: Recommendation; readonly targets: Targets }
  /** `again`: the planner should try once more, with what was learned about hopeless migrations. */
  | { readonly failure: string; readonly again: boolean };

/** Orders a proposal, forecasts its migrations, writes its numbers and lets the last gate replay it. */
export const makeRecommendation = (
  planning: Planning,
  proposal: Proposal,
  constraints: Constraints,
): Made => {
  const { model, start, booked } = planning;
  const { snapshot, policy, judgement } = model;
  const switchOn = proposal.power.filter((action) => action.action === 'switch-on');
  const order = orderMoves(
    booked,
    proposal.targets,
    constraints,
    planning.clock,
    switchOn.length > 0 ? 1 : 0,
  );
  if (order.stuck.length > 0) {
    const [first] = order.stuck;
    const vm = model.vms[model.membersOf(first!.unit)[0]!]!;
    return { failure: `VM ${vm.name} cannot be brought to its target: ${first!.reason}`, again: false };
  }
  if (order.moves.length > policy.limits.perPlan)
    return {
      failure: `it would take ${order.moves.length} moves, more than the ${policy.limits.perPlan} of one plan`,
      again: false,
    };
  const moves: Move[] = [];
  let hopeless = false;
  for (const step of order.moves) {
    const move = forecast(planning, step, flowingBeside(order.moves, step, planning));
    moves.push(move);
    const tooLong = move.forecast.seconds.value > policy.migration.maximumSeconds;
    if (move.forecast.converges && !tooLong) continue;
    hopeless = true;
    const code = move.forecast.converges ? 'takes-too-long' : 'will-not-converge';
    planning.hopeless.set(hopelessKey(step.unit, step.to), code);
  }
  if (hopeless) return { failure: 'a migration would not end in time', again: true };

  const power: PowerAction[] = proposal.power.map((action) => ({
    ...action,
    wave: action.action === 'switch-on' ? 0 : order.waves,
  }));
  const problems = validatePlan(snapshot, judgement, policy, { moves, power });
  if (problems.length > 0)
    return { failure: `the plan did not pass the last check: ${problems[0]!}`, again: false };

  const after = start.copy();
  for (const [u, h] of proposal.targets) after.move(u, h);
  const recommendation: Recommendation = {
    id: recommendationId({ kind: proposal.kind, moves, power }),
    kind: proposal.kind,
    priority: proposal.priority,
    reason: proposal.reason,
    findings: proposal.findings.map((finding) => finding.id),
    moves,
    power,
    effects: effectsOn(start, after, touchedHosts(proposal, order.moves, start)),
    cost: costOf(moves),
    gain: proposal.gain,
    ifIgnored: proposal.ifIgnored,
    alternatives: [...proposal.alternatives],
    createdAt: snapshot.at,
    expiresAt: snapshot.at + policy.recommendationMinutes * 60_000,
    snapshotSequence: snapshot.sequence,
  };
  return { recommendation, targets: proposal.targets };
};

/** Notes that a plan was recommended: its targets are taken, and its sources not yet free. */
export const book = (planning: Planning, made: Recommendation, targets: Targets): void => {
  for (const [u, h] of targets) {
    planning.booked.join(u, h);
    planning.plannedUnits.add(u);
  }
  for (const effect of made.effects) planning.plannedHosts.add(planning.model.hostIndex.get(effect.host)!);
};

const touchedHosts = (proposal: Proposal, steps: readonly OrderedMove[], start: Placement): number[] => [
  ...steps.flatMap((step) => [step.from, step.to]),
  ...proposal.power.map((action) => start.model.hostIndex.get(action.host)!),
];

const forecast = (planning: Planning, step: OrderedMove, flowing: ReadonlyMap<string, number>): Move => {
  const { model } = planning;
  const vm = model.vms[step.vm]!;
  const from = model.hosts[step.from]!;
  const to = model.hosts[step.to]!;
  return {
    uuid: vm.uuid,
    vm: vm.name,
    from: from.name,
    to: to.name,
    wave: step.wave,
    ...(step.temporary ? { temporary: true } : {}),
    forecast: planning.options.forecastMove(vm, from, to, flowing),
  };
};

/** How many other migrations of the same wave share each host's NIC. */
const flowingBeside = (
  steps: readonly OrderedMove[],
  step: OrderedMove,
  planning: Planning,
): Map<string, number> => {
  const flowing = new Map<string, number>();
  for (const other of steps) {
    if (other === step || other.wave !== step.wave) continue;
    for (const h of [other.from, other.to]) {
      const name = planning.model.hosts[h]!.name;
      flowing.set(name, (flowing.get(name) ?? 0) + 1);
    }
  }
  return flowing;
};

/** Moves of a wave run at once; waves follow each other. */
const costOf = (moves: readonly Move[]): Recommendation['cost'] => {
  const perWave = new Map<number, number>();
  for (const move of moves)
    perWave.set(move.wave, Math.max(perWave.get(move.wave) ?? 0, move.forecast.seconds.value));
  return {
    bytes: moves.reduce((sum, move) => sum + move.forecast.bytes.value, 0),
    seconds: [...perWave.values()].reduce((a, b) => a + b, 0),
    downtimeSeconds: moves.reduce((most, move) => Math.max(most, move.forecast.downtimeSeconds.value), 0),
  };
};
