import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostModels, powerAt, vmSizeOf } from '../../src/experiment/planetlab-fleet.ts';

test('power is linear between the measured tenths', () => {
  const [g4, g5] = hostModels;
  assert.equal(powerAt(g4!, 0), 86);
  assert.equal(powerAt(g5!, 1), 135);
  assert.ok(Math.abs(powerAt(g5!, 0.55) - 118.5) < 1e-9);
  assert.throws(() => powerAt(g4!, 1.01), /must be within 0\.\.1, not 1\.01/);
  assert.throws(() => powerAt(g4!, NaN), /not NaN/);
});

test('the order of the VMs decides their sizes, in quarters', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4].map((vm) => vmSizeOf(vm, 5).mips),
    [2500, 2500, 2000, 2000, 1000],
  );
});
