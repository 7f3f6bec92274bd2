import type { Judgement } from '../fleet/judgement.ts';
import type { MoveForecast } from '../fleet/move.ts';
import type { Policy } from '../fleet/policy.ts';
import type { HostEffect } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import { percent } from '../judge/describe.ts';
import { type AdviseOptions, noHistory } from './advice.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { fullnessWith } from './choose-target.ts';
import { createPlanning } from './create-planning.ts';
import { effectsOn } from './effects.ts';
import { buildFleetModel } from './fleet-model.ts';
import { BalanceObjective } from './objective.ts';
import type { Planning } from './planning.ts';
import { type RefusalCode, refusalTexts } from './refusal.ts';

export type RankedTarget = {
  readonly host: string;
  readonly rank: number;
  readonly reason: string;
  /** How much the balance objective falls; negative: it grows. */
  readonly gain: number;
  readonly effects: readonly HostEffect[];
  readonly forecast: MoveForecast | null;
};

export type RefusedTarget = { readonly host: string; readonly code: RefusalCode; readonly reason: string };

export type RankedTargets = {
  readonly targets: readonly RankedTarget[];
  readonly refused: readonly RefusedTarget[];
};

/** The hosts that could take a VM that runs, the one that keeps the most room first, and why the others cannot. */
export const rankTargets = (
  snapshot: Snapshot,
  judgement: Judgement,
  policy: Policy,
  uuid: string,
  options: AdviseOptions,
): RankedTargets => {
  const check = checkSnapshot(snapshot, judgement);
  const model = buildFleetModel(snapshot, judgement, policy, check.untrusted);
  const v = model.vmIndex.get(uuid);
  if (v === undefined) return { targets: [], refused: [] };
  return rankUnit(createPlanning(model, noHistory, options), model.unitOf[v]!, (h) => {
    const vm = model.vms[v]!;
    return options.forecastMove(vm, model.hosts[model.home[model.unitOf[v]!]!]!, model.hosts[h]!);
  });
};

export const rankUnit = (
  planning: Planning,
  u: number,
  forecast: (h: number) => MoveForecast | null,
  constraints = planning.constraints({ disturbResting: true }),
): RankedTargets => {
  const { model, start } = planning;
  const objective = new BalanceObjective(start);
  const refused: RefusedTarget[] = [];
  const fitting: { h: number; fullness: number }[] = [];
  model.hosts.forEach((host, h) => {
    const code = constraints.refusal(start, u, h);
    if (code === null) fitting.push({ h, fullness: fullnessWith(start, u, h) });
    else refused.push({ host: host.name, code, reason: `${host.name}: ${refusalTexts[code]}.` });
  });
  fitting.sort((a, b) => a.fullness - b.fullness || a.h - b.h);
  const targets = fitting.map(({ h, fullness }, i): RankedTarget => {
    const after = start.copy();
    after.move(u, h);
    return {
      host: model.hosts[h]!.name,
      rank: i + 1,
      reason: `${model.hosts[h]!.name} would be filled to ${percent(fullness)} of its limits, at most and within ${model.policy.horizonMinutes} min${i === 0 ? ': the most room of all' : ''}.`,
      gain: -objective.delta(start, u, h),
      effects: effectsOn(start, after, [start.hostOf[u]!, h]),
      forecast: forecast(h),
    };
  });
  return { targets, refused: refused.filter((one) => one.code !== 'same-host') };
};
