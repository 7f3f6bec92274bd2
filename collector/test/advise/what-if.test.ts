import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type NewVm, placeVm } from '../../src/advise/place-vm.ts';
import { rankTargets } from '../../src/advise/rank-targets.ts';
import { type Hypothesis, whatIf } from '../../src/advise/what-if.ts';
import { forecastMove } from '../../src/advise/migration-forecast.ts';
import { uncalibrated } from '../../src/fleet/migration-calibration.ts';
import { type CompactFleet, uuidOf } from './compact-fleet.ts';
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

  test('a host joins: as large as is said, or like another', () => {
    const answer = ask({
      add: [{ name: 'h9', cpuCores: 32, memBytes: 2 ** 36 }],
      moves: [{ uuid: uuidOf('a'), to: 'h9' }],
    });
    assert.equal(cpuOf(answer, 'h9'), '0.125');
    assert.deepEqual(answer.problems, []);
    const gpu = { name: 'h4', like: 'h3', zone: 'b' };
    const [joined] = ask({ add: [gpu] }).snapshot.hosts.filter(({ name }) => name === 'h4');
    assert.deepEqual(
      [joined?.groups, joined?.zone, joined?.capacity, joined?.load.cpu],
      [['gpu'], 'b', input.snapshot.hosts[2]?.capacity, 0],
    );
  });

  test('a host that cannot join is named, with the reason', () => {
    const { problems, snapshot } = ask({
      add: [
        { name: 'h1', like: 'h2' },
        { name: 'h4', like: 'h7' },
        { name: 'h5', cpuCores: 8 },
        { name: 'h6', like: 'h1' },
        { name: 'h6', like: 'h1' },
      ],
    });
    assert.deepEqual(problems, [
      'There is a host h1 already.',
      'h4 cannot be like h7: there is no such host.',
      'Of h5 it must be said which host it is like, or how many cores and how much memory it has.',
      'There is a host h6 already.',
    ]);
    assert.equal(snapshot.hosts.length, 4);
  });

  test('hosts that are not there are named', () => {
    assert.deepEqual(ask({ drain: ['h7'], without: ['h8'] }).problems, [
      'There is no host h8.',
      'There is no host h7.',
    ]);
  });

  test('a drain: the advice empties the host', () => {
    assert.deepEqual(
      ask({ drain: ['h1'] }).advice.recommendations.map((one) => one.kind),
      ['drain'],
    );
  });
});

suite('placing', () => {
  const place = (vm: Partial<NewVm>, hosts = fleet.hosts) => {
    const { snapshot, judgement, policy } = scenarioInput({
      intent: '',
      fleet: { ...fleet, hosts },
      expect: {},
    });
    return placeVm(
      snapshot,
      judgement,
      policy,
      { name: 'new', vcpus: 4, memoryBytes: 8 * 2 ** 30, ...vm },
      options,
    );
  };

  test('a new VM: the host with the most room, why, and why the others lost', () => {
    const made = place({});
    assert.equal(made.host, 'h3');
    assert.match(
      made.reason,
      /^new \(4 vCPUs, 8\.\d GiB\) should be started on h3: h3 would be filled to \d+ %/,
    );
    assert.deepEqual([made.effects[0]?.vmsBefore, made.effects[0]?.vmsAfter], [0, 1]);
    assert.deepEqual(
      made.alternatives.map(({ host }) => host),
      ['h2', 'h1'],
    );
    assert.match(made.alternatives[0]!.lost, /^h2 would be filled to \d+ % .*; h3 keeps at least as much\.$/);
    const bound = place({ rules: { hostGroup: 'gpu' } });
    assert.deepEqual([bound.host, bound.alternatives], ['h3', []]);
    assert.deepEqual(
      bound.refused.map((one) => one.code),
      ['not-in-group', 'not-in-group'],
    );
  });

  test('larger than any host: nowhere, and why', () => {
    const { host, reason, refused } = place({ memoryBytes: 2 ** 50 });
    assert.equal(host, null);
    assert.match(reason, /finds no place: of 3 other hosts none can take it \(3: the memory/);
    assert.ok(refused.length === 3 && refused.every((one) => one.code === 'memory'));
  });

  test('a host that is off is offered when no other has room', () => {
    const made = place(
      { memoryBytes: 52 * 2 ** 30 },
      { h1: {}, h2: {}, h3: { power: 'off' }, h4: { power: 'off', mem: 8 } },
    );
    assert.deepEqual([made.host, made.switchOn, made.alternatives], ['h3', true, []]);
    assert.match(made.reason, /so h3 must be switched on for it/);
    assert.deepEqual(
      made.refused.map((one) => [one.host, one.code]),
      [
        ['h1', 'memory'],
        ['h2', 'mem-load'],
        ['h4', 'host-off'],
      ],
    );
  });

  test('hosts whose CPU lacks the model or a feature are none', () => {
    const hosts = { h1: { cpuModel: 'EPYC' }, h2: { cpuModel: 'EPYC-Milan' }, h3: {} };
    const model = place({ rules: { cpuModel: 'EPYC-Rome' } }, hosts);
    assert.deepEqual(
      model.refused.map((one) => [one.host, one.code]),
      [['h1', 'cpu-model']],
    );
    const feature = place({ rules: { cpuFeatures: ['avx512f'] } }, hosts);
    assert.deepEqual(
      feature.refused.map((one) => [one.host, one.code]),
      [
        ['h1', 'cpu-feature'],
        ['h2', 'cpu-feature'],
      ],
    );
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
