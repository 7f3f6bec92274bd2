import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateCloudsim } from '../../src/experiment/cloudsim-simulation.ts';
import { planetlabExperiment } from '../../src/experiment/planetlab-experiment.ts';
import { cloudsimDvfs } from '../../src/experiment/cloudsim-reference-policy.ts';
import { steady, syntheticTraces, trace } from './synthetic-traces.ts';

const close = (value: number, expected: number): void => {
  assert.ok(Math.abs(value - expected) <= 1e-9 * Math.abs(expected), `${value} is not ${expected}`);
};

/** The unmodified release 3.0.3, run on syntheticTraces(160, 7) written to files. */
const release303 = {
  'lr-mmt-1.2': [
    53.86708014486762, 5334, 0.062392436841122674, 8.255800142721583e-4, 0.004158835475186322, 1955,
  ],
  'thr-mmt-0.8': [
    60.52970998641494, 7542, 0.046278707818324286, 0.0010582441911136567, 0.001197220539517751, 2495,
  ],
  dvfs: [145.02225489894855, 0, 0, 0, 0, 738],
} as const;

for (const policy of ['lr-mmt-1.2', 'thr-mmt-0.8', 'dvfs'] as const) {
  test(`${policy} measures what CloudSim 3.0.3 measures`, { timeout: 60_000 }, () => {
    const report = planetlabExperiment(syntheticTraces(160, 7), 'cloudsim', policy);
    const [energyKwh, migrations, slatah, pdm, overall, shutdowns] = release303[policy];
    close(report.energyKwh, energyKwh);
    assert.equal(report.migrations, migrations);
    close(report.slatah, slatah);
    close(report.pdm, pdm);
    close(report.overallSlaViolation, overall);
    assert.equal(report.hostShutdowns, shutdowns);
  });
}

test('one steady VM: no energy before the first tick, then the power of its load', () => {
  const result = simulateCloudsim([steady('vm', 80)], cloudsimDvfs());
  // With one VM its size is the first: 2500 MIPS, which needs the faster cores of host 1 (G5, 5320 MIPS).
  const watts = 105 + (110 - 105) * ((2000 / 5320 - 0.3) / 0.1);
  assert.ok(Math.abs(result.energyKwh - (watts * 286 * 300) / 3_600_000) < 1e-9);
  close(result.activeHostHours, (286 * 300) / 3600);
  assert.equal(result.hostShutdowns, 799);
});

test('a VM with two samples of 0 in a row is deleted and never comes back', () => {
  const pause = (from: number, to: number) =>
    trace(
      'vm',
      Array.from({ length: 288 }, (_, k) => (k >= from && k < to ? 0 : 50)),
    );
  const whole = simulateCloudsim([pause(0, 0)], cloudsimDvfs()).activeHostHours;
  close(simulateCloudsim([pause(100, 101)], cloudsimDvfs()).activeHostHours, whole);
  // Deleted at the tick after sample 100; the entry of that tick shows an idle host.
  close(simulateCloudsim([pause(100, 102)], cloudsimDvfs()).activeHostHours, (99 * 300) / 3600);
});

test('more VMs than the hosts can be promised to are refused in one sentence', () => {
  const traces = Array.from({ length: 4000 }, (_, i) => steady(String(i), 1));
  assert.throws(
    () => simulateCloudsim(traces, cloudsimDvfs()),
    /^Error: VM \d+ of 4000 fits no host: .* use fewer traces$/,
  );
});
