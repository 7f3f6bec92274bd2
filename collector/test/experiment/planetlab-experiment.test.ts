import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evenkeel } from '../../src/experiment/planetlab-evenkeel-policy.ts';
import { planetlabExperiment, policyNames, tracks } from '../../src/experiment/planetlab-experiment.ts';
import { simulateHonest } from '../../src/experiment/planetlab-honest-simulation.ts';
import { syntheticTraces } from './synthetic-traces.ts';

const wholeDay = syntheticTraces(60, 3);
/** Judging and planning take their time; CloudSim plays whole days only. */
const short = {
  honest: wholeDay.map(({ name, cpu }) => ({ name, cpu: cpu.slice(0, 30) })),
  cloudsim: wholeDay.slice(0, 12),
};

for (const track of tracks) {
  for (const policy of policyNames) {
    test(`${policy} on the ${track} track: the same figures on every run, and they fit together`, () => {
      const traces = policy === 'evenkeel' ? short[track] : wholeDay;
      const report = planetlabExperiment(traces, track, policy);
      assert.deepEqual(planetlabExperiment(traces, track, policy), report);
      assert.equal(report.slav, report.slatah * report.pdm);
      assert.equal(report.esv, report.energyKwh * report.slatah * report.pdm);
      assert.equal(report.migrationsPerVm, report.migrations / traces.length);
      assert.equal(report.honest === null, track === 'cloudsim');
      assert.ok(report.slatah >= 0 && report.slatah <= 1 && report.pdm >= 0 && report.pdm <= 1);
      const floor = track === 'honest' ? report.floors.energyAllDemandKwh : report.floors.energyKeptDemandKwh;
      assert.ok(report.energyKwh >= floor);
      if (track === 'honest') assert.ok(report.activeHostHours >= report.floors.hostHours);
    });
  }
}

test('evenkeel comes near the fewest hosts that RAM needs, within RAM, two moves per VM and day, and CPU enough', () => {
  const result = simulateHonest(syntheticTraces(120, 11), evenkeel(), (_, hosts) => {
    for (const host of hosts) assert.ok(host.ramUsedMb <= host.model.ramMb);
  });
  assert.ok(result.migrations <= 2 * 120);
  assert.ok(result.slatah <= 0.005);
  const { hostHours } = planetlabExperiment(syntheticTraces(120, 11), 'honest', 'dvfs').floors;
  assert.ok(result.activeHostHours <= 1.2 * hostHours, `${result.activeHostHours} of ${hostHours}`);
});
