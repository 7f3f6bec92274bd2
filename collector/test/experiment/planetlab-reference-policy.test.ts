import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostModelOf } from '../../src/experiment/planetlab-fleet.ts';
import type { FleetView, VmView } from '../../src/experiment/planetlab-policy.ts';
import { dvfs, lrMmt, thrMmt } from '../../src/experiment/planetlab-reference-policy.ts';

const vm = (index: number, host: number, mips: number, ramMb: number, ...loads: number[]): VmView => ({
  index,
  mips,
  ramMb,
  host,
  movingTo: undefined,
  loads: Float64Array.from(loads),
});

const view = (on: readonly number[], vms: readonly VmView[], hosts = 6): FleetView => ({
  interval: vms[0]!.loads.length,
  hosts: Array.from({ length: hosts }, (_, index) => ({
    index,
    model: hostModelOf(index),
    power: on.includes(index) ? 'on' : 'off',
  })),
  vms,
});

test('THR takes the VM with the least RAM from a host over the threshold', () => {
  const vms = [
    vm(0, 1, 2500, 870, 0.9),
    vm(1, 1, 2500, 870, 0.9),
    vm(2, 1, 500, 613, 0.9),
    vm(3, 3, 1000, 1740, 0.5),
  ];
  const orders = thrMmt(0.8).decide(view([1, 3], vms));
  // 4950 of 5320 MIPS. Without VM 2 it is 4500, still over 4256; then VM 0 goes, too.
  assert.deepEqual(
    orders.moves.map(({ vm: index }) => index),
    [0, 2],
  );
  assert.ok(orders.moves.every(({ target }) => target === 3));
});

test('the least used host is emptied when all of its VMs fit elsewhere, and only then', () => {
  const quiet = [vm(0, 1, 2000, 1740, 0.1), vm(1, 3, 2000, 1740, 0.2)];
  assert.deepEqual(thrMmt(0.8).decide(view([1, 3], quiet)), {
    moves: [{ vm: 0, target: 3 }],
    switchOn: [],
    switchOff: [1],
  });
  const noRam = [...quiet, vm(2, 3, 1000, 1740, 0.2)];
  assert.deepEqual(thrMmt(0.8).decide(view([1, 3], noRam)).moves, []);
});

test('a host is switched on when no other takes the load', () => {
  const vms = [vm(0, 1, 2500, 870, 1), vm(1, 1, 2500, 870, 1)];
  const orders = thrMmt(0.8).decide(view([1], vms));
  assert.equal(orders.moves.length, 1);
  assert.deepEqual(orders.switchOn, [orders.moves[0]!.target]);
});

test('LR moves before the threshold is reached when the line points there', () => {
  const rising = Array.from({ length: 10 }, (_, i) => 0.3 + 0.06 * i);
  const vms = [vm(0, 1, 2500, 870, ...rising), vm(1, 1, 2500, 870, ...rising)];
  assert.equal(thrMmt(0.8).decide(view([1], vms)).moves.length, 0);
  assert.equal(lrMmt(1.2).decide(view([1], vms)).moves.length, 1);
});

test('nothing is ordered while nothing is known, and dvfs never orders anything', () => {
  const vms = [vm(0, 1, 2500, 870), vm(1, 3, 2500, 870)];
  for (const policy of [thrMmt(0.8), lrMmt(1.2), dvfs()]) {
    assert.deepEqual(policy.decide(view([1, 3], vms)), { moves: [], switchOn: [], switchOff: [] });
  }
  const idle = vms.map((one) => ({ ...one, loads: Float64Array.of(0) }));
  assert.deepEqual(dvfs().decide(view([1, 3], idle)).moves, []);
});
