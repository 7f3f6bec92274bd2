import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { placeVm } from '../../src/advise/place-vm.ts';
import { rankTargets } from '../../src/advise/rank-targets.ts';
import { type Hypothesis, whatIf } from '../../src/advise/what-if.ts';
import { forecastMove } from '../../src/advise/migration-forecast.ts';
import { uncalibrated } from '../../src/fleet/migration-calibration.ts';
import { type CompactFleet, expandFleet, uuidOf } from './compact-fleet.ts';
import { scenarioInput } from './run-scenario.ts';

const fleet: CompactFleet = {
  hosts: { h1: {}, h2: {}, h3: { groups: ['gpu'] } },
  vms: {
    a: { on: 'h1', vcpus: 8, mem: 8, cpu: 0.5 },
    b: { on: 'h1', vcpus: 4, mem: 8, cpu: 0.5 },
    c: { on: 'h2', vcpus: 8, mem: 8, cpu: 0.5, neverMigrate: true },
  },
};
const input = scenarioInput({ intent: '', fleet, policy: { consolidation: { enabled: false } }, expect: {} });
const options = {
  seed: 1,
  forecastMove: (...[vm, from, to]: Parameters<typeof forecastMove>) =>
    forecastMove(vm, from, to, { policy: input.policy, calibration: uncalibrated }),
} as never;
const ask = (hypothesis: Hypothesis) =>
  whatIf(input.snapshot, input.judgement, hypothesis, input.policy, options);
const cpuOf = (answer: ReturnType<typeof ask>, host: string) =>
  answer.snapshot.hosts.find((one) => one.name === host)?.load.cpu?.toFixed(3);

suite('what if', () => {
  test('nothing: the fleet is as it was', () => {
    const answer = ask({});
    assert.deepEqual(answer.snapshot, input.snapshot);
    assert.deepEqual(answer.effects, []);
  });

  test('moves by hand: load and VMs follow, rules that break are named', () => {
    const answer = ask({
      moves: [
        { uuid: uuidOf('a'), to: 'h3' },
        { uuid: uuidOf('c'), to: 'h3' },
        { uuid: uuidOf('a'), to: 'nowhere' },
      ],
    });
    assert.equal(cpuOf(answer, 'h1'), '0.135');
    assert.equal(cpuOf(answer, 'h3'), '0.510');
    assert.deepEqual(answer.problems, [
      'Moving c to h3 breaks a rule: it is marked never to migrate.',
      'There is no host nowhere.',
    ]);
    assert.deepEqual(
      answer.effects.map((effect) => [effect.host, effect.vmsBefore, effect.vmsAfter]),
      [
        ['h1', 2, 1],
        ['h2', 1, 0],
        ['h3', 0, 2],
      ],
    );
  });

  test('a host is gone: its VMs run elsewhere, and those that cannot are named', () => {
    const answer = ask({ without: ['h2'] });
    assert.ok(answer.snapshot.hosts.every((host) => host.name !== 'h2'));
    assert.match(answer.problems[0]!, /VM c of h2 finds no place: it is marked never to migrate/);
    const other = ask({ without: ['h1'] });
    assert.deepEqual(other.problems, []);
    assert.equal(other.snapshot.vms.length, 3);
  });

  test('load grows: hosts fill up, and advice follows', () => {
    const answer = ask({ loadFactor: 2 });
    assert.equal(cpuOf(answer, 'h1'), '0.760');
    assert.equal(cpuOf(ask({ loadFactor: 2.5 }), 'h1'), '0.760', 'no VM uses more than its vCPUs');
    const busy = scenarioInput({
      intent: '',
      fleet: { hosts: { h1: {}, h2: {} }, vms: { a: { on: 'h1', count: 4, vcpus: 4, cpu: 0.6 } } },
      expect: {},
    });
    const grown = whatIf(busy.snapshot, busy.judgement, { loadFactor: 1.5 }, busy.policy, options);
    assert.deepEqual(
      grown.advice.recommendations.map((one) => one.kind),
      ['relieve'],
    );
  });

  test('a host joins', () => {
    const [added] = expandFleet({ hosts: { h9: { cores: 32 } } }).hosts;
    const answer = ask({ add: [added!], moves: [{ uuid: uuidOf('a'), to: 'h9' }] });
    assert.equal(cpuOf(answer, 'h9'), '0.135');
    assert.deepEqual(answer.problems, []);
    assert.deepEqual(ask({ add: [input.snapshot.hosts[0]!] }).problems, ['There is a host h1 already.']);
  });

  test('a drain: the advice empties the host', () => {
    assert.deepEqual(
      ask({ drain: ['h1'] }).advice.recommendations.map((one) => one.kind),
      ['drain'],
    );
  });
});

suite('placing', () => {
  test('a new VM: the host with the most room first, the others with their reason', () => {
    const vm = { name: 'new', vcpus: 4, memoryBytes: 8 * 2 ** 30 };
    const { targets } = placeVm(input.snapshot, input.judgement, input.policy, vm, options);
    assert.deepEqual(
      targets.map((target) => target.host),
      ['h3', 'h2', 'h1'],
    );
    assert.equal(targets[0]!.effects[0]!.vmsAfter, 1);
    const gpu = { ...vm, rules: { hostGroup: 'gpu' } };
    const bound = placeVm(input.snapshot, input.judgement, input.policy, gpu, options);
    assert.deepEqual(
      bound.targets.map((target) => target.host),
      ['h3'],
    );
    assert.deepEqual(
      bound.refused.map((one) => one.code),
      ['not-in-group', 'not-in-group'],
    );
  });

  test('larger than any host: nowhere, and why', () => {
    const vm = { name: 'giant', vcpus: 4, memoryBytes: 2 ** 50 };
    const { targets, refused } = placeVm(input.snapshot, input.judgement, input.policy, vm, options);
    assert.deepEqual(targets, []);
    assert.ok(refused.length === 3 && refused.every((one) => one.code === 'memory'));
  });

  test('a VM that runs: targets with their forecast, not its own host', () => {
    const { targets } = rankTargets(input.snapshot, input.judgement, input.policy, uuidOf('a'), options);
    assert.deepEqual(
      targets.map((target) => [target.host, target.rank]),
      [
        ['h3', 1],
        ['h2', 2],
      ],
    );
    assert.ok(targets[0]!.forecast!.seconds.value > 0);
    assert.ok(targets[0]!.gain > 0, 'evener than before');
  });
});
