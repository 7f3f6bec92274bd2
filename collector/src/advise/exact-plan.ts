import highs from 'highs';
import { dimensions } from '../fleet/load.ts';
import type { AdviseOptions } from './advice.ts';
import type { ExactBalance } from './balance.ts';
import type { ExactConsolidate } from './consolidate.ts';
import type { Constraints } from './constraints.ts';
import { WIDTH } from './demand.ts';
import {
  bend,
  type BalanceObjective,
  consolidateMoveWeight,
  hostOnCost,
  moveCost,
  pieces,
} from './objective.ts';
import type { Emptying, Planning } from './planning.ts';
import { brokenReserve } from './reserve.ts';

/** Above this an exact answer takes too long to wait for. */
export const exactHosts = 8;
export const exactUnits = 40;

/** The package's types describe its CommonJS build; as a module its default export is the loader itself. */
const createHighs = highs as unknown as typeof highs.default;
type Solver = Awaited<ReturnType<typeof createHighs>>;

export type ExactOptions = { readonly seconds?: number; readonly relativeGap?: number };

/** The exact solver as an option of `advise`: the same objectives and constraints as a mixed integer programme. */
export const loadExactSolver = async (
  options: ExactOptions = {},
): Promise<NonNullable<AdviseOptions['exact']>> => {
  const solver = await createHighs();
  return {
    balance: exactBalance(solver, options),
    consolidate: exactConsolidate(solver, options),
  };
};

/** A programme in the LP format that HiGHS reads. */
class Programme {
  readonly objective: string[] = [];
  readonly rows: string[] = [];
  readonly bounds: string[] = [];
  readonly binaries: string[] = [];

  term(coefficient: number, name: string): void {
    if (coefficient !== 0) this.objective.push(`${signed(coefficient)} ${name}`);
  }

  row(terms: readonly (readonly [number, string])[], comparison: '<=' | '=' | '>=', right: number): void {
    const left = terms.filter(([coefficient]) => coefficient !== 0);
    if (left.length === 0) return;
    const text = left.map(([coefficient, name]) => `${signed(coefficient)} ${name}`).join(' ');
    this.rows.push(`r${this.rows.length}: ${text} ${comparison} ${number(right)}`);
  }

  solve(
    solver: Solver,
    { seconds = 5, relativeGap = 1e-6 }: ExactOptions,
  ): ReadonlyMap<string, number> | null {
    const text = [
      'Minimize',
      `obj: ${this.objective.join('\n ')}`,
      'Subject To',
      ...this.rows,
      'Bounds',
      ...this.bounds,
      'Binary',
      this.binaries.join(' '),
      'End',
    ].join('\n');
    const solution = solver.solve(text, {
      time_limit: seconds,
      mip_rel_gap: relativeGap,
      output_flag: false,
      random_seed: 1,
    });
    const values = new Map<string, number>();
    for (const [name, column] of Object.entries(solution.Columns as Record<string, { Primal?: number }>))
      if (column.Primal !== undefined) values.set(name, column.Primal);
    const usable =
      solution.Status === 'Optimal' || (solution.Status === 'Time limit reached' && values.size > 0);
    return usable ? values : null;
  }
}

const number = (value: number): string => (Object.is(value, -0) ? '0' : value.toPrecision(12));
const signed = (value: number): string => `${value < 0 ? '-' : '+'} ${number(Math.abs(value))}`;
const at = (u: number, h: number): string => `x${u}_${h}`;

/** One place for each unit; the variables that are left out would break a rule. */
const placeUnits = (
  programme: Programme,
  planning: Planning,
  hosts: readonly number[],
  constraints: Constraints,
): Map<number, number[]> => {
  const { model } = planning;
  const places = new Map<number, number[]>();
  const members = new Set(hosts);
  for (let u = 0; u < model.unitCount; u += 1) {
    const home = model.home[u]!;
    const possible = hosts.filter((h) => h !== home && members.has(home) && constraints.rulesAllow(u, h));
    const all = [home, ...possible];
    places.set(u, all);
    for (const h of all) programme.binaries.push(at(u, h));
    programme.row(
      all.map((h) => [1, at(u, h)]),
      '=',
      1,
    );
  }
  return places;
};

/** Load, memory, vCPUs and company of each host, as far as something comes there: a host over its limit may stay so. */
const keepLimits = (
  programme: Programme,
  planning: Planning,
  hosts: readonly number[],
  places: ReadonlyMap<number, readonly number[]>,
): void => {
  const { model, start } = planning;
  const units = [...places.keys()];
  for (const h of hosts) {
    const guests = units.filter((u) => model.home[u] !== h && places.get(u)!.includes(h));
    if (guests.length === 0) continue;
    const locals = units.filter((u) => model.home[u] === h);
    const receives = `r_${h}`;
    programme.binaries.push(receives);
    for (const u of guests)
      programme.row(
        [
          [1, at(u, h)],
          [-1, receives],
        ],
        '<=',
        0,
      );
    const limit = (first: number, most: number, gone: (u: number) => number, come: (u: number) => number) => {
      if (most === Infinity) return;
      // What is there, less those that left, plus those that came, is at most the limit once anything came.
      const over = Math.max(0, first - most);
      const terms: [number, string][] = [
        ...guests.map((u): [number, string] => [come(u), at(u, h)]),
        ...locals.map((u): [number, string] => [gone(u), at(u, h)]),
        [over, receives],
      ];
      const all = locals.reduce((sum, u) => sum + gone(u), 0);
      programme.row(terms, '<=', most + over - first + all);
    };
    limit(
      start.memory[h]!,
      model.memoryRoom[h]!,
      (u) => model.memory[u]!,
      (u) => model.memory[u]!,
    );
    limit(
      start.vcpus[h]!,
      model.vcpuRoom[h]!,
      (u) => model.vcpus[u]!,
      (u) => model.vcpus[u]!,
    );
    dimensions.forEach((_, d) => {
      const i = h * WIDTH + d;
      const now = (u: number) => model.now[u * WIDTH + d]!;
      limit(start.now[i]!, model.limit[i]!, now, now);
      limit(
        start.later[i]!,
        model.limit[i]!,
        (u) => model.later(u).leave[d]!,
        (u) => model.later(u).join[d]!,
      );
    });
    const groups = new Map<number, number[]>();
    for (const u of [...guests, ...locals])
      for (const group of model.antiAffinity.get(u) ?? [])
        groups.set(group, [...(groups.get(group) ?? []), u]);
    for (const list of groups.values()) {
      const home = list.filter((u) => model.home[u] === h).length;
      if (home <= 1)
        programme.row(
          list.map((u) => [1, at(u, h)]),
          '<=',
          1,
        );
      else for (const u of list) if (model.home[u] !== h) programme.row([[1, at(u, h)]], '<=', 0);
    }
  }
};

const chosen = (
  planning: Planning,
  places: ReadonlyMap<number, readonly number[]>,
  values: ReadonlyMap<string, number>,
): Map<number, number> => {
  const targets = new Map<number, number>();
  for (const [u, hosts] of places)
    for (const h of hosts)
      if (h !== planning.model.home[u] && (values.get(at(u, h)) ?? 0) > 0.5) targets.set(u, h);
  return targets;
};

const isSmall = (planning: Planning, hosts: number): boolean =>
  hosts <= exactHosts && planning.model.unitCount <= exactUnits && planning.model.zoneSpread.size === 0;

const exactBalance =
  (solver: Solver, options: ExactOptions): ExactBalance =>
  (planning, objective, constraints) => {
    if (!isSmall(planning, objective.members.length)) return null;
    return solveBalance(solver, options, planning, objective, constraints);
  };

const solveBalance = (
  solver: Solver,
  options: ExactOptions,
  planning: Planning,
  objective: BalanceObjective,
  constraints: Constraints,
): Map<number, number> | null => {
  const { model, start } = planning;
  const programme = new Programme();
  const hosts = objective.members;
  const places = placeUnits(programme, planning, hosts, constraints);
  keepLimits(programme, planning, hosts, places);
  const moves: [number, string][] = [];
  for (const [u, list] of places)
    for (const h of list)
      if (h !== model.home[u]) {
        programme.term(objective.movePart(u, h), at(u, h));
        moves.push([model.membersOf(u).length, at(u, h)]);
      }
  programme.row(moves, '<=', model.policy.limits.perPlan);
  for (const h of hosts) {
    for (let d = 0; d < WIDTH; d += 1) {
      const i = h * WIDTH + d;
      const weight = objective.weight[i]!;
      if (weight === 0) continue;
      const curve = `z${h}_${d}`;
      programme.term(weight, curve);
      const level: [number, string][] = [];
      let fixed = (start.now[i]! + start.later[i]!) / 2 / model.capacity[i]!;
      for (const [u, list] of places) {
        const isHome = model.home[u] === h;
        if (!list.includes(h)) continue;
        const horizon = model.later(u);
        const later = isHome ? horizon.leave[d]! : horizon.join[d]!;
        const share = (model.now[u * WIDTH + d]! + later) / 2 / model.capacity[i]!;
        if (isHome) fixed -= share;
        level.push([share, at(u, h)]);
      }
      // The curve lies above each of its straight pieces.
      for (let k = 0; k <= 2 * pieces; k += 1) {
        const slope = (2 * k + 1) / pieces;
        const offset = bend(k / pieces) - (slope * k) / pieces;
        programme.row(
          [[1, curve], ...level.map(([share, name]): [number, string] => [-slope * share, name])],
          '>=',
          slope * fixed + offset,
        );
      }
    }
    if (objective.classScale === 0) continue;
    for (let k = 0; k < 3; k += 1) {
      const uneven = `c${h}_${k}`;
      programme.term(objective.classScale, uneven);
      const mine = [...places].filter(([u, list]) => model.loadClass[u] === k && list.includes(h));
      const counted = mine.filter(([u]) => model.home[u] === h).length;
      const aim = objective.share[h]! * objective.classTotals[k]! - (start.classes[h * 3 + k]! - counted);
      const terms = mine.map(([u]): [number, string] => [1, at(u, h)]);
      programme.row([[1, uneven], ...terms.map(([one, name]): [number, string] => [-one, name])], '>=', -aim);
      programme.row([[1, uneven], ...terms], '>=', aim);
    }
  }
  const values = programme.solve(solver, options);
  return values === null ? null : chosen(planning, places, values);
};

const exactConsolidate =
  (solver: Solver, options: ExactOptions): ExactConsolidate =>
  (planning, candidates, constraintsFor) => {
    const { model } = planning;
    const hosts = model.hosts.flatMap((host, h) =>
      host.power === 'on' && model.untouchable[h] === 0 ? [h] : [],
    );
    if (!isSmall(planning, hosts.length)) return null;
    const plan = solveConsolidate(solver, options, planning, hosts, candidates, constraintsFor([]));
    if (plan === null) return null;
    const after = planning.booked.copy();
    for (const [u, to] of plan.targets) after.move(u, to);
    const off = new Set(plan.off);
    const staying = hosts.filter((h) => !off.has(h) && model.noTarget[h] === null);
    // The failure of a host is played through, which no linear row can: where that fails, the search must do.
    return brokenReserve(planning, after, staying, constraintsFor(plan.off)) === null ? plan : null;
  };

const solveConsolidate = (
  solver: Solver,
  options: ExactOptions,
  planning: Planning,
  hosts: readonly number[],
  candidates: readonly number[],
  constraints: Constraints,
): Emptying | null => {
  const { model, start } = planning;
  const { policy } = model;
  const programme = new Programme();
  const places = placeUnits(programme, planning, hosts, constraints);
  keepLimits(programme, planning, hosts, places);
  let cost = 0;
  for (let u = 0; u < model.unitCount; u += 1) cost += moveCost(model, u);
  const moves: [number, string][] = [];
  for (const [u, list] of places)
    for (const h of list)
      if (h !== model.home[u]) {
        programme.term(cost === 0 ? 0 : (consolidateMoveWeight * moveCost(model, u)) / cost, at(u, h));
        moves.push([model.membersOf(u).length, at(u, h)]);
      }
  programme.row(moves, '<=', policy.limits.perPlan);
  const mayGo = new Set(candidates);
  const on = (h: number) => `y${h}`;
  for (const h of hosts) {
    programme.binaries.push(on(h));
    programme.term(hostOnCost(model, h), on(h));
    if (!mayGo.has(h)) programme.row([[1, on(h)]], '>=', 1);
    for (const [u, list] of places)
      if (list.includes(h))
        programme.row(
          [
            [1, at(u, h)],
            [-1, on(h)],
          ],
          '<=',
          0,
        );
  }
  programme.row(
    hosts.map((h) => [1, on(h)]),
    '>=',
    policy.consolidation.minimumHosts,
  );
  const free = 1 - policy.reserve.share;
  const targets = hosts.filter((h) => model.noTarget[h] === null);
  const memory = targets.reduce((sum, h) => sum + start.memory[h]!, 0);
  programme.row(
    targets.map((h) => [model.memoryRoom[h]! * free, on(h)]),
    '>=',
    memory,
  );
  for (const d of [0, 1]) {
    const need = Math.max(
      targets.reduce((sum, h) => sum + start.now[h * WIDTH + d]!, 0),
      targets.reduce((sum, h) => sum + start.later[h * WIDTH + d]!, 0),
    );
    programme.row(
      targets.map((h) => [model.capacity[h * WIDTH + d]! * free, on(h)]),
      '>=',
      need,
    );
  }
  const values = programme.solve(solver, options);
  if (values === null) return null;
  return {
    off: hosts.filter((h) => (values.get(on(h)) ?? 1) < 0.5),
    targets: chosen(planning, places, values),
  };
};
