import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { adviseScenario, checkAlways, scenarioInput } from './run-scenario.ts';
import { randomFleet, randomPolicy } from './random-fleet.ts';

suite('random fleets', () => {
  test('1,000 fleets: no step of any plan breaks a hard constraint', { timeout: 600_000 }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(randomFleet, randomPolicy, fc.boolean(), (fleet, policy, drain) => {
        const input = scenarioInput({ intent: '', fleet, policy, expect: {} });
        const advice = adviseScenario(input, drain ? ['h0'] : []);
        for (const made of advice.recommendations) seen.set(made.kind, (seen.get(made.kind) ?? 0) + 1);
        for (const one of advice.refused)
          assert.ok(!one.reason.includes('did not pass the last check'), one.reason);
        checkAlways(input, advice);
      }),
      { numRuns: 1000, seed: 20260105 },
    );
    // The proof is worth something only if plans of all kinds were made.
    for (const kind of ['relieve', 'balance', 'consolidate', 'deconsolidate', 'drain'])
      assert.ok((seen.get(kind) ?? 0) > 5, `${kind}: ${seen.get(kind) ?? 0}`);
  });
});
