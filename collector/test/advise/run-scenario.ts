import assert from 'node:assert/strict';
import { Value } from 'typebox/value';
import { advise } from '../../src/advise/advise.ts';
import type { Advice, AdviseHistory, AdviseOptions } from '../../src/advise/advice.ts';
import { forecastMove } from '../../src/advise/migration-forecast.ts';
import { judgeStanding } from '../../src/advise/judge-standing.ts';
import { validatePlan } from '../../src/advise/validate-plan.ts';
import type { ClassChange } from '../../src/fleet/class-change.ts';
import { withDefaults } from '../../src/fleet/default-policy.ts';
import type { Finding } from '../../src/fleet/finding.ts';
import type { Judgement } from '../../src/fleet/judgement.ts';
import { type Dimension, dimensions } from '../../src/fleet/load.ts';
import { uncalibrated } from '../../src/fleet/migration-calibration.ts';
import { Policy } from '../../src/fleet/policy.ts';
import { Recommendation } from '../../src/fleet/recommendation.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import { type CompactFleet, expandFleet, uuidOf } from './compact-fleet.ts';

type ExpectedRecommendation = {
  kind?: string;
  /** VM name to target, or to one of several; `any` where it does not matter. */
  moves?: Record<string, string | string[]>;
  /** VMs that must not be in it. */
  without?: string[];
  moveCount?: number;
  movesAtMost?: number;
  switchOn?: string[];
  switchOff?: string[];
  priority?: number;
  reason?: string;
  ifIgnored?: string;
  alternative?: string;
  waves?: number;
  /** VM name to wave */
  wave?: Record<string, number>;
  temporary?: string[];
  strategy?: string;
  /** host name to the highest share per dimension afterwards */
  after?: Record<string, Partial<Record<Dimension, number>>>;
  gainAtLeast?: number;
};

export type Scenario = {
  intent: string;
  fleet: CompactFleet;
  policy?: object;
  /** host or VM name to dimension to [value, low, high] at the horizon */
  forecast?: Record<string, Partial<Record<Dimension, [number, number, number]>>>;
  classChanges?: {
    vm: string;
    dimension: Dimension;
    from: string;
    to: string;
    inMinutes: number;
    announced?: boolean;
  }[];
  /** findings besides those that judge makes of the fleet */
  findings?: { kind: Finding['kind']; host?: string; severity?: Finding['severity'] }[];
  history?: {
    moves?: { vm: string; from: string; to: string; minutesAgo: number }[];
    power?: { host: string; action: 'switch-on' | 'switch-off'; minutesAgo: number }[];
  };
  drain?: string[];
  expect: {
    /** the kinds of all recommendations, in order */
    kinds?: string[];
    recommendations?: ExpectedRecommendation[];
    refused?: { kind?: string; subject?: string; says?: string }[];
    /** nothing at all is refused */
    nothingRefused?: boolean;
  };
};

const minute = 60_000;

export const scenarioInput = (scenario: Scenario) => {
  const snapshot = expandFleet(scenario.fleet);
  const policy = Value.Parse(Policy, withDefaults(scenario.policy));
  const judgement = judgementOf(scenario, snapshot, policy);
  const history: AdviseHistory = {
    moves: (scenario.history?.moves ?? []).map(({ vm, from, to, minutesAgo }) => ({
      uuid: uuidOf(vm),
      from,
      to,
      at: snapshot.at - minutesAgo * minute,
    })),
    power: (scenario.history?.power ?? []).map(({ host, action, minutesAgo }) => ({
      host,
      action,
      at: snapshot.at - minutesAgo * minute,
    })),
    previous: [],
  };
  return { snapshot, policy, judgement, history };
};

const judgementOf = (scenario: Scenario, snapshot: Snapshot, policy: Policy): Judgement => {
  const standing = judgeStanding(snapshot, policy);
  const nameOf = new Map([
    ...snapshot.hosts.map((host) => [host.name, host.name] as const),
    ...snapshot.vms.map((vm) => [vm.uuid, vm.name] as const),
  ]);
  const extra = (scenario.findings ?? []).map((given, i): Finding => ({
    id: `given-${i}`,
    kind: given.kind,
    severity: given.severity ?? 'warning',
    subject:
      given.host === undefined
        ? { type: 'fleet', id: snapshot.fleet, name: snapshot.fleet }
        : { type: 'host', id: given.host, name: given.host },
    since: snapshot.at,
    at: snapshot.at,
    message: 'given by the scenario',
    evidence: [],
    rank: 1,
  }));
  const classChanges = (scenario.classChanges ?? []).map((given): ClassChange => ({
    uuid: uuidOf(given.vm),
    vm: given.vm,
    host: snapshot.vms.find((vm) => vm.name === given.vm)!.host,
    dimension: given.dimension,
    from: given.from as ClassChange['from'],
    to: given.to as ClassChange['to'],
    at: snapshot.at,
    when: snapshot.at + given.inMinutes * minute,
    probability: 0.8,
    announced: given.announced ?? true,
  }));
  return {
    ...standing,
    findings: [...standing.findings, ...extra],
    classChanges,
    forecast: (subject, dimension, minutes) => {
      const given = scenario.forecast?.[nameOf.get(subject) ?? '']?.[dimension];
      if (given === undefined) return null;
      return { minutes, value: given[0], low: given[1], high: given[2] };
    },
  };
};

export const adviseScenario = (
  input: ReturnType<typeof scenarioInput>,
  drain: readonly string[] = [],
  previous: Advice['recommendations'] = [],
  exact?: AdviseOptions['exact'],
): Advice =>
  advise(input.snapshot, input.judgement, { ...input.history, previous }, input.policy, {
    seed: 1,
    drain,
    ...(exact === undefined ? {} : { exact }),
    forecastMove: (vm, from, to, flowing) =>
      forecastMove(vm, from, to, {
        policy: input.policy,
        calibration: uncalibrated,
        ...(flowing === undefined ? {} : { flowing }),
      }),
  });

export const runScenario = (scenario: Scenario): Advice => {
  const input = scenarioInput(scenario);
  const advice = adviseScenario(input, scenario.drain);
  checkAlways(input, advice);
  const again = adviseScenario(input, scenario.drain);
  assert.deepEqual(again, advice, 'the same input must give the same advice');
  const later = { ...input, snapshot: { ...input.snapshot, sequence: 2 } };
  const next = adviseScenario(later, scenario.drain, advice.recommendations);
  assert.deepEqual(
    next.recommendations.map((one) => one.id),
    advice.recommendations.map((one) => one.id),
    'the next tick must say the same under the same ids',
  );
  checkExpected(scenario, advice);
  return advice;
};

/** What every advice must keep, whatever it says. */
export const checkAlways = (
  {
    snapshot,
    judgement,
    policy,
  }: Pick<ReturnType<typeof scenarioInput>, 'snapshot' | 'judgement' | 'policy'>,
  advice: Advice,
): void => {
  for (const made of advice.recommendations) {
    assert.deepEqual(validatePlan(snapshot, judgement, policy, made), [], `${made.kind}: ${made.reason}`);
    assert.ok(Value.Check(Recommendation, made), 'a recommendation must match its schema');
    assert.match(made.reason, /\S.*\.$/);
    assert.match(made.ifIgnored, /\S.*\.$/);
    assert.ok(made.expiresAt > snapshot.at);
    assert.ok(made.moves.length + made.power.length > 0, 'an empty plan is no recommendation');
    const touched = new Set(made.moves.flatMap((move) => [move.from, move.to]));
    for (const host of touched)
      assert.ok(
        made.effects.some((effect) => effect.host === host),
        `effect on ${host}`,
      );
  }
  // All of them together, one after the other, must be as safe as each alone.
  let wave = 0;
  const all = advice.recommendations.map((made) => {
    const first = wave;
    wave += 1 + Math.max(...[...made.moves, ...made.power].map((step) => step.wave));
    return {
      moves: made.moves.map((move) => ({ ...move, wave: move.wave + first })),
      power: made.power.map((action) => ({ ...action, wave: action.wave + first })),
    };
  });
  const together = { moves: all.flatMap((one) => one.moves), power: all.flatMap((one) => one.power) };
  const unlimited = { ...policy, limits: { ...policy.limits, perPlan: Number.MAX_SAFE_INTEGER } };
  assert.deepEqual(validatePlan(snapshot, judgement, unlimited, together), [], 'all plans together');
};

const checkExpected = (scenario: Scenario, advice: Advice): void => {
  const { expect } = scenario;
  const said = JSON.stringify(
    {
      recommendations: advice.recommendations.map(({ kind, reason, moves, power }) => ({
        kind,
        reason,
        moves: moves.map((move) => `${move.vm}: ${move.from} > ${move.to} (${move.wave})`),
        power,
      })),
      refused: advice.refused.map(({ kind, subject, reason }) => `${kind} ${subject.name}: ${reason}`),
    },
    null,
    1,
  );
  if (expect.kinds !== undefined)
    assert.deepEqual(
      advice.recommendations.map((one) => one.kind),
      expect.kinds,
      said,
    );
  expect.recommendations?.forEach((expected, i) => {
    const made = advice.recommendations[i];
    assert.ok(made, `recommendation ${i} is missing: ${said}`);
    checkOne(expected, made, said);
  });
  for (const expected of expect.refused ?? []) {
    const found = advice.refused.some(
      (one) =>
        (expected.kind === undefined || one.kind === expected.kind) &&
        (expected.subject === undefined || one.subject.name === expected.subject) &&
        (expected.says === undefined || one.reason.includes(expected.says)),
    );
    assert.ok(found, `nothing refused like ${JSON.stringify(expected)}: ${said}`);
  }
  if (expect.nothingRefused) assert.deepEqual(advice.refused, []);
};

const checkOne = (expected: ExpectedRecommendation, made: Recommendation, said: string): void => {
  if (expected.kind !== undefined) assert.equal(made.kind, expected.kind, said);
  const last = new Map(made.moves.map((move) => [move.vm, move]));
  for (const [vm, to] of Object.entries(expected.moves ?? {})) {
    const move = last.get(vm);
    assert.ok(move, `${vm} does not move: ${said}`);
    if (to !== 'any') assert.ok([to].flat().includes(move.to), `${vm} goes to ${move.to}: ${said}`);
  }
  for (const vm of expected.without ?? []) assert.ok(!last.has(vm), `${vm} moves: ${said}`);
  if (expected.moveCount !== undefined) assert.equal(made.moves.length, expected.moveCount, said);
  if (expected.movesAtMost !== undefined) assert.ok(made.moves.length <= expected.movesAtMost, said);
  const switched = (action: string) =>
    made.power
      .filter((one) => one.action === action)
      .map((one) => one.host)
      .sort();
  if (expected.switchOn !== undefined) assert.deepEqual(switched('switch-on'), expected.switchOn, said);
  if (expected.switchOff !== undefined) assert.deepEqual(switched('switch-off'), expected.switchOff, said);
  if (expected.priority !== undefined) assert.equal(made.priority, expected.priority, said);
  for (const field of ['reason', 'ifIgnored'] as const)
    if (expected[field] !== undefined)
      assert.ok(
        made[field].includes(expected[field]),
        `${field} "${made[field]}" lacks "${expected[field]}"`,
      );
  if (expected.alternative !== undefined)
    assert.ok(
      made.alternatives.some((one) => `${one.description} ${one.lost}`.includes(expected.alternative!)),
      JSON.stringify(made.alternatives),
    );
  if (expected.waves !== undefined)
    assert.equal(new Set(made.moves.map((move) => move.wave)).size, expected.waves, said);
  for (const [vm, wave] of Object.entries(expected.wave ?? {})) assert.equal(last.get(vm)?.wave, wave, said);
  if (expected.temporary !== undefined)
    assert.deepEqual(
      made.moves.filter((move) => move.temporary).map((move) => move.vm),
      expected.temporary,
      said,
    );
  if (expected.strategy !== undefined)
    assert.ok(
      made.moves.every((move) => move.forecast.strategy === expected.strategy),
      said,
    );
  for (const [host, most] of Object.entries(expected.after ?? {})) {
    const effect = made.effects.find((one) => one.host === host);
    assert.ok(effect, `no effect on ${host}: ${said}`);
    for (const dimension of dimensions)
      if (most[dimension] !== undefined)
        assert.ok(
          effect.after[dimension]! <= most[dimension] + 1e-9,
          `${host} ${dimension} ${effect.after[dimension]!} > ${most[dimension]}`,
        );
  }
  if (expected.gainAtLeast !== undefined) assert.ok(made.gain >= expected.gainAtLeast, `gain ${made.gain}`);
};
