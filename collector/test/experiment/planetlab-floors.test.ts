import assert from 'node:assert/strict';
import { test } from 'node:test';
import { floorsOf } from '../../src/experiment/planetlab-floors.ts';
import { steady, trace } from './synthetic-traces.ts';

test('the energy floor is all demand at the best watts per MIPS', () => {
  const floors = floorsOf([steady('vm', 40)]);
  assert.ok(Math.abs(floors.energyAllDemandKwh - (1000 * 24 * (135 / 5320)) / 1000) < 1e-9);
  assert.equal(floors.energyKeptDemandKwh, floors.energyAllDemandKwh);
});

test('demand after two samples of 0 is not kept by CloudSim', () => {
  const percents = Array.from({ length: 288 }, (_, k) => (k === 144 || k === 145 ? 0 : 40));
  const floors = floorsOf([trace('vm', percents)]);
  assert.ok(Math.abs(floors.energyKeptDemandKwh / floors.energyAllDemandKwh - 144 / 286) < 1e-9);
});

test('RAM sets the host hours unless an interval needs more hosts for its CPU', () => {
  // Two VMs of each size: 870, 1740, 1740 and 613 MB. Four of 1740 fill two hosts, two of 870 half of a third.
  const idle = floorsOf(Array.from({ length: 8 }, (_, i) => steady(String(i), 0)));
  assert.equal(idle.ramHosts, 3);
  assert.equal(idle.ramSumHosts, 3);
  assert.equal(idle.hostHours, 72);
  // 2 x (2500 + 2000 + 1000 + 500) MIPS for an hour: 12000 need three hosts of 5320. Six such hosts for twice that.
  const busy = floorsOf(
    Array.from({ length: 8 }, (_, i) =>
      trace(
        String(i),
        Array.from({ length: 288 }, (_, k) => (k < 12 ? 100 : 1)),
      ),
    ),
  );
  assert.equal(busy.hostHours, 72);
});
