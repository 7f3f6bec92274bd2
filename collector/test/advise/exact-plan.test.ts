import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { loadExactSolver } from '../../src/advise/exact-plan.ts';
import { compareWithExact } from '../../src/experiment/compare-with-exact.ts';
import { adviseScenario, checkAlways, scenarioInput } from './run-scenario.ts';
import { smallFleet } from './small-fleet.ts';

suite('exact plans', () => {
  test('the search is within 5 % of the exact optimum', { timeout: 60_000 }, async () => {
    const exact = await loadExactSolver({ seconds: 4, relativeGap: 1e-3 });
    for (const kind of ['balance', 'consolidate'] as const) {
      const fleets = fc.sample(smallFleet(kind === 'balance' ? 0.6 : 0.2), { numRuns: 5, seed: 1 });
      const policy = { reserve: { hosts: 0, share: 0.15 } };
      const compared = fleets.flatMap(
        (fleet) =>
          compareWithExact(kind, scenarioInput({ intent: '', fleet, policy, expect: {} }), exact) ?? [],
      );
      assert.ok(compared.length >= 4, `${kind}: the solver answered for ${compared.length} of 5 fleets`);
      for (const { ratio } of compared) assert.ok(ratio <= 1.05, `${kind}: ${ratio}`);
    }
  });

  test('the exact solver as an option gives a safe plan', async () => {
    const input = scenarioInput({
      intent: '',
      fleet: {
        hosts: { h1: {}, h2: {}, h3: {} },
        vms: { a: { on: 'h1', count: 6, vcpus: 4, cpu: 0.4 }, b: { on: 'h2', count: 1 } },
      },
      policy: { consolidation: { enabled: false } },
      expect: {},
    });
    const advice = adviseScenario(input, [], [], await loadExactSolver());
    assert.deepEqual(
      advice.recommendations.map((one) => one.kind),
      ['balance'],
    );
    checkAlways(input, advice);
  });
});
