import assert from 'node:assert/strict';
import test from 'node:test';
import { createJudgeState, judge } from '../../src/judge/judge.ts';
import { warmJudgeState } from '../../src/judge/warm-state.ts';
import { host, JudgedFleet, load, monday, quietPolicy, uuidOf, vm } from './judged-fleet.ts';

test('a state warmed from history forecasts with the first snapshot', () => {
  const samples = Array.from({ length: 50 }, (_, i) => ({ at: monday - (50 - i) * 300_000, value: 0.6 }));
  const state = createJudgeState();
  warmJudgeState(
    state,
    [
      { subject: 'host', id: 'a', dimension: 'cpu', samples },
      { subject: 'vm', id: uuidOf(1), dimension: 'mem', samples },
      { subject: 'vm', id: uuidOf(2), dimension: 'mem', samples: [] },
    ],
    quietPolicy,
  );
  const hosts = [host('a', { load: load(0.6) }), host('b')];
  const judgement = judge(new JudgedFleet().snapshot(hosts, [vm(1, 'a'), vm(2, 'a')]), state, quietPolicy);
  assert.ok(Math.abs(judgement.forecast('a', 'cpu', 30)!.value - 0.6) < 0.02);
  assert.ok(Math.abs(judgement.forecast(uuidOf(1), 'mem', 30)!.value - 0.6) < 0.1);
  assert.equal(judgement.forecast(uuidOf(2), 'mem', 30), null);
  assert.equal(judgement.forecast('b', 'cpu', 30), null);
  assert.equal(judgement.forecast('nobody', 'cpu', 30), null);
});
