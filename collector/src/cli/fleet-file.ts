import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Value } from 'typebox/value';
import type { ForecastMove } from '../advise/advice.ts';
import { forecastMove } from '../advise/migration-forecast.ts';
import { readYaml } from '../config/read-yaml.ts';
import { whatWouldBeRight } from '../config/what-would-be-right.ts';
import { defaultPolicy } from '../fleet/default-policy.ts';
import { uncalibrated } from '../fleet/migration-calibration.ts';
import { Policy } from '../fleet/policy.ts';
import type { HostEffect } from '../fleet/recommendation.ts';
import { Snapshot } from '../fleet/snapshot.ts';
import { percent } from '../judge/describe.ts';
import { printable } from './style.ts';
import { table } from './table.ts';

/** What the commands that plan for a snapshot file have in common. */
export const readSnapshot = (file: string): Snapshot => {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(missing ? `${file}: there is no such file` : `${file} is no snapshot in JSON: ${why}`, {
      cause,
    });
  }
  if (Value.Check(Snapshot, given)) return given;
  const problems = [...Value.Errors(Snapshot, given)].flatMap((error) =>
    whatWouldBeRight(Snapshot, error, given),
  );
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more such problems)` : '';
  throw new Error(
    `${file} is no valid snapshot: ${problems[0]?.message ?? 'it does not match the schema'}${more}`,
  );
};

export const readPolicy = (cwd: string, file: string | undefined): Policy =>
  file === undefined ? defaultPolicy : readYaml(resolve(cwd, file), Policy).value;

/** A file tells nothing of earlier migrations. */
export const forecastFor =
  (policy: Policy): ForecastMove =>
  (vm, from, to, flowing) =>
    forecastMove(vm, from, to, {
      policy,
      calibration: uncalibrated,
      ...(flowing === undefined ? {} : { flowing }),
    });

/** Hosts before and after. */
export const effectsTable = (effects: readonly HostEffect[]): string => {
  const share = (value: number | null) => (value === null ? '?' : percent(value));
  return table(
    [
      { title: 'host', value: (effect) => printable(effect.host) },
      ...(['cpu', 'mem', 'net', 'disk'] as const).map((dimension) => ({
        title: dimension,
        value: (effect: HostEffect) =>
          `${share(effect.before[dimension])} > ${share(effect.after[dimension])}`,
      })),
      { title: 'VMs', value: (effect) => `${effect.vmsBefore} > ${effect.vmsAfter}` },
    ],
    effects,
  );
};
