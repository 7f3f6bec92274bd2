import { cloudsimEvenkeel } from './cloudsim-evenkeel-policy.ts';
import {
  cloudsimDvfs,
  cloudsimLrMmt,
  cloudsimThrMmt,
  type CloudsimPolicy,
} from './cloudsim-reference-policy.ts';
import { simulateCloudsim } from './cloudsim-simulation.ts';
import { evenkeel } from './planetlab-evenkeel-policy.ts';
import { hostCount } from './planetlab-fleet.ts';
import { floorsOf, type Floors } from './planetlab-floors.ts';
import { simulateHonest } from './planetlab-honest-simulation.ts';
import type { PlanetlabPolicy } from './planetlab-policy.ts';
import { dvfs, lrMmt, thrMmt } from './planetlab-reference-policy.ts';
import type { CpuTrace } from './planetlab-traces.ts';

export const tracks = ['cloudsim', 'honest'] as const;
export type Track = (typeof tracks)[number];

export const policyNames = ['evenkeel', 'lr-mmt-1.2', 'thr-mmt-0.8', 'dvfs'] as const;
export type PolicyName = (typeof policyNames)[number];

/** docs/benchmark-planetlab.md says what each figure means. Shares are 0..1. */
export type PlanetlabReport = {
  readonly track: Track;
  readonly policy: PolicyName;
  readonly vms: number;
  readonly hosts: number;
  readonly energyKwh: number;
  readonly activeHostHours: number;
  readonly migrations: number;
  readonly migrationsPerVm: number;
  readonly slatah: number;
  readonly pdm: number;
  readonly slav: number;
  readonly esv: number;
  readonly overallSlaViolation: number;
  readonly hostShutdowns: number;
  /** Only the honest track knows these. */
  readonly honest: {
    readonly hostBoots: number;
    readonly mostMigrationsOfOneVm: number;
    /** Ordered, but not started before the interval ended. */
    readonly droppedMoves: number;
  } | null;
  readonly floors: Floors;
};

const cloudsimPolicies: Readonly<Record<PolicyName, () => CloudsimPolicy>> = {
  evenkeel: cloudsimEvenkeel,
  'lr-mmt-1.2': () => cloudsimLrMmt(1.2),
  'thr-mmt-0.8': () => cloudsimThrMmt(0.8),
  dvfs: cloudsimDvfs,
};

const honestPolicies: Readonly<Record<PolicyName, () => PlanetlabPolicy>> = {
  evenkeel,
  'lr-mmt-1.2': () => lrMmt(1.2),
  'thr-mmt-0.8': () => thrMmt(0.8),
  dvfs,
};

/** Plays one day under one policy. The same traces give the same numbers on every run. */
export function planetlabExperiment(
  traces: readonly CpuTrace[],
  track: Track,
  policy: PolicyName,
): PlanetlabReport {
  const about = { track, policy, vms: traces.length, hosts: hostCount };
  const floors = floorsOf(traces);
  if (track === 'cloudsim') {
    const result = simulateCloudsim(traces, cloudsimPolicies[policy]());
    return { ...about, ...result, ...derived(result, traces.length), honest: null, floors };
  }
  const { hostBoots, mostMigrationsOfOneVm, droppedMoves, ...result } = simulateHonest(
    traces,
    honestPolicies[policy](),
  );
  return {
    ...about,
    ...result,
    ...derived(result, traces.length),
    honest: { hostBoots, mostMigrationsOfOneVm, droppedMoves },
    floors,
  };
}

type Measured = Pick<PlanetlabReport, 'energyKwh' | 'migrations' | 'slatah' | 'pdm'>;

const derived = (
  { energyKwh, migrations, slatah, pdm }: Measured,
  vms: number,
): Pick<PlanetlabReport, 'migrationsPerVm' | 'slav' | 'esv'> => ({
  migrationsPerVm: migrations / vms,
  slav: slatah * pdm,
  esv: energyKwh * slatah * pdm,
});
