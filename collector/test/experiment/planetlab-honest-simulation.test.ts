import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostCount } from '../../src/experiment/planetlab-fleet.ts';
import { simulateHonest } from '../../src/experiment/planetlab-honest-simulation.ts';
import {
  noOrders,
  type FleetView,
  type Orders,
  type PlanetlabPolicy,
} from '../../src/experiment/planetlab-policy.ts';
import { dvfs } from '../../src/experiment/planetlab-reference-policy.ts';
import type { CpuTrace } from '../../src/experiment/planetlab-traces.ts';
import { steady, syntheticTraces, trace } from './synthetic-traces.ts';

const close = (value: number, expected: number): void => {
  assert.ok(
    Math.abs(value - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${value} is not ${expected}`,
  );
};

/** Gives these orders at the start of interval 1, none otherwise. */
const once = (orders: Partial<Orders>): PlanetlabPolicy => ({
  decide: ({ interval }) => (interval === 1 ? { ...noOrders, ...orders } : noOrders),
});

const joules = (kwh: number): number => kwh * 3_600_000;

// One VM of the first size (2500 MIPS, 870 MB) starts on host 1, the first with cores fast enough: 40 % are 1000 MIPS.
const one = [steady('vm', 40)];
const wattsAt = (mips: number): number => 97 + (101 - 97) * ((mips / 5320 - 0.1) / 0.1);

test('a host that nobody touches is charged for all of the day', () => {
  const result = simulateHonest(one, dvfs());
  close(joules(result.energyKwh), 86_400 * wattsAt(1000));
  assert.equal(result.activeHostHours, 24);
  assert.deepEqual([result.migrations, result.slatah, result.pdm, result.overallSlaViolation], [0, 0, 0, 0]);
});

test('an idle VM is kept', () => {
  const pause = trace(
    'vm',
    Array.from({ length: 288 }, (_, k) => (k < 10 ? 40 : 0)),
  );
  assert.equal(simulateHonest([pause], dvfs()).activeHostHours, 24);
});

test('booting costs three minutes of full power, a move a tenth of the VM and of a core on both sides', () => {
  const result = simulateHonest(one, once({ moves: [{ vm: 0, target: 3 }], switchOn: [3], switchOff: [1] }));
  // 870 MB at 62.5 MB/s, and 40 % load dirty 16 % of what is sent.
  const copy = 870 / 62.5 / (1 - 0.4 * 0.4);
  const before = 300 + 180;
  const after = 86_400 - before - copy;
  close(
    joules(result.energyKwh),
    before * wattsAt(1000) +
      180 * 135 +
      copy * (wattsAt(1266) + (93.7 + ((97 - 93.7) * (266 / 5320)) / 0.1)) +
      30 * 93.7 +
      after * wattsAt(1000),
  );
  close(result.activeHostHours, (86_400 + 180 + copy + 30) / 3600);
  close(result.pdm, (copy * 100 + 0.3 * 900) / (1000 * 86_400));
  close(result.overallSlaViolation, result.pdm);
  assert.deepEqual([result.migrations, result.hostBoots, result.hostShutdowns], [1, 1, 1]);
});

test('a host short of CPU violates for as long as that lasts, a VM too fast for its core as well', () => {
  // Hosts fill by what was promised: 2500 twice on host 1. A third of them at full load is too much after a move.
  const traces = [0, 1, 2]
    .map((i) => steady(String(i), 80))
    .concat(Array.from({ length: 9 }, (_, i) => steady(`x${i}`, 0)));
  // 2500 x 0.8 = 2000 of a G4 core's 1860.
  const core = simulateHonest(traces, once({ moves: [{ vm: 0, target: 2 }] }));
  assert.ok(core.slatah > 0.1);
  // 140 of 6000 MIPS from the second interval on, and what the move took.
  assert.ok(core.overallSlaViolation - core.pdm > 0.0231 && core.overallSlaViolation - core.pdm < 0.0234);
  // Three times 2000 of 5320.
  const full = simulateHonest(traces, once({ moves: [{ vm: 2, target: 1 }] }));
  assert.ok(full.slatah > 0.1 && full.overallSlaViolation > 0.11 && full.overallSlaViolation < 0.12);
  assert.equal(simulateHonest(traces, dvfs()).slatah, 0);
});

test('a move that RAM has no room for waits, and is dropped with its interval', () => {
  // Twelve VMs, three of each size. Two of 1740 MB fill host 3 but for 616 MB.
  const traces = Array.from({ length: 12 }, (_, i) => steady(String(i), 5));
  let placed: FleetView | undefined;
  const look: PlanetlabPolicy = {
    decide: (view) => {
      placed ??= view;
      return noOrders;
    },
  };
  simulateHonest(traces, look);
  const hosts = Map.groupBy(placed!.vms, (vm) => vm.host);
  const full = [...hosts].find(([, vms]) => vms.reduce((sum, vm) => sum + vm.ramMb, 0) > 3400)!;
  const stranger = placed!.vms.find((vm) => vm.host !== full[0] && vm.ramMb === 870)!;
  const result = simulateHonest(traces, once({ moves: [{ vm: stranger.index, target: full[0] }] }));
  assert.deepEqual([result.migrations, result.droppedMoves], [0, 1]);
});

test('orders that make no sense are refused in one sentence', () => {
  const refused = (orders: Partial<Orders>, message: RegExp): void => {
    assert.throws(() => simulateHonest(one, once(orders)), message);
  };
  refused({ moves: [{ vm: 7, target: 3 }] }, /^Error: there is no VM 7$/);
  refused({ moves: [{ vm: 0, target: 800 }] }, /^Error: there is no host 800$/);
  refused({ moves: [{ vm: 0, target: 1 }] }, /^Error: VM 0 is on host 1 already$/);
  refused({ moves: [{ vm: 0, target: 3 }] }, /cannot move to host 3, which is off and was not switched on$/);
  refused({ switchOn: [1] }, /^Error: host 1 cannot be switched on, it is on$/);
});

test('a policy sees the past only', () => {
  const traces = [steady('vm', 40)];
  simulateHonest(traces, {
    decide({ interval, vms: [vm] }) {
      assert.equal(vm!.loads.length, interval);
      assert.ok(vm!.loads.every((load) => load === 0.4));
      // Not even behind the end of the view.
      assert.ok(new Float64Array(vm!.loads.buffer).subarray(interval).every((load) => load === 0));
      return noOrders;
    },
  });
});

/** Orders anything that the rules allow to be ordered, by a seed. */
const erratic = (seed: number): PlanetlabPolicy => {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return {
    decide(view) {
      const on = view.hosts.filter((host) => host.power === 'on').map((host) => host.index);
      const off = view.hosts.filter((host) => host.power === 'off').map((host) => host.index);
      const switchOn = Array.from({ length: below(3) }, (_, i) => off[i]!);
      const targets = [...on, ...switchOn];
      const moves = view.vms
        .filter((vm) => vm.movingTo === undefined && below(6) === 0)
        .map((vm) => ({ vm: vm.index, target: targets[below(targets.length)]! }))
        .filter(({ vm, target }) => view.vms[vm]!.host !== target);
      return { moves, switchOn, switchOff: on.filter(() => below(4) === 0) };
    },
  };
};

test(
  'whatever a policy orders: RAM is never exceeded, no VM is lost, energy adds up, limits hold',
  { timeout: 60_000 },
  () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 4, max: 40 }), (seed, count) => {
        const traces: CpuTrace[] = syntheticTraces(count, seed).map(({ name, cpu }) => ({
          name,
          cpu: cpu.slice(0, 40),
        }));
        let flowing = 0;
        const result = simulateHonest(traces, erratic(seed), (_, hosts) => {
          assert.equal(hosts.length, hostCount);
          let residents = 0;
          flowing = 0;
          for (const host of hosts) {
            const ram = [...host.residents].reduce((sum, vm) => sum + vm.ramMb, 0);
            assert.ok(host.ramUsedMb <= host.model.ramMb && ram <= host.ramUsedMb);
            assert.ok(host.copies <= 1);
            residents += host.residents.size;
            flowing += host.copies;
            if (host.power !== 'on') assert.equal(host.residents.size + host.copies, 0);
          }
          assert.equal(residents, count);
          assert.ok(flowing <= 2 * 32);
        });
        const watts = (result.energyKwh * 1000) / result.activeHostHours;
        assert.ok(watts >= 86 && watts <= 135);
        assert.ok(result.overallSlaViolation >= 0 && result.overallSlaViolation <= 1);
        assert.ok(result.pdm >= 0 && result.pdm <= result.overallSlaViolation + 1e-12);
        assert.deepEqual(simulateHonest(traces, erratic(seed)), result);
      }),
      { numRuns: 25, seed: 5 },
    );
  },
);
