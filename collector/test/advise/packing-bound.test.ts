import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hostsForCapacity, hostsNeeded } from '../../src/advise/packing-bound.ts';

test('sizes that leave gaps need more hosts than their sum', () => {
  assert.equal(hostsNeeded([4, 4, 4, 4], 8), 2);
  assert.equal(hostsNeeded([5, 5, 5], 8), 3);
  assert.equal(hostsNeeded([], 8), 0);
  assert.equal(hostsNeeded([1, 2, 3], Infinity), 1);
  // 263 VMs of each PlanetLab size: 1,305,269 MB are 319 hosts, but two of 1740 leave room for one of 613 only.
  const sizes = [870, 1740, 1740, 613].flatMap((size) => Array.from({ length: 263 }, () => size));
  assert.equal(hostsNeeded(sizes, 4096), 329);
});

test('the bound is never above a packing that exists, nor below the plain sum', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }),
      fc.integer({ min: 60, max: 100 }),
      (sizes, capacity) => {
        const bins: number[] = [];
        for (const size of [...sizes].sort((a, b) => b - a)) {
          const free = bins.findIndex((used) => used + size <= capacity);
          if (free < 0) bins.push(size);
          else bins[free]! += size;
        }
        const bound = hostsNeeded(sizes, capacity);
        assert.ok(bound <= bins.length);
        assert.ok(bound >= Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / capacity));
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

test('capacity is counted from the largest host down', () => {
  assert.equal(hostsForCapacity([2, 8, 4], 9), 2);
  assert.equal(hostsForCapacity([2, 8, 4], 0), 0);
  assert.equal(hostsForCapacity([2, 8, 4], 100), 3);
});
