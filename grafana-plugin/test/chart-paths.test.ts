import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandPath, linePath, timeTicks } from '../src/components/chart-paths.ts';

const same = (value: number): number => value;

test('a gap in the data is a gap in the line', () => {
  const points = [
    { at: 0, value: 1 },
    { at: 1, value: 2 },
    { at: 2, value: null },
    { at: 3, value: 4 },
  ];
  assert.equal(linePath(points, same, same), 'M0.0,1.0L1.0,2.0M3.0,4.0');
});

test('a band goes there along its upper end and back along its lower', () => {
  const points = [
    { at: 0, value: 1, low: 0, high: 2 },
    { at: 1, value: 1, low: -1, high: 3 },
  ];
  assert.equal(bandPath(points, same, same), 'M0.0,2.0L1.0,3.0L1.0,0.0L0.0,0.0Z');
  assert.equal(bandPath(points.slice(1), same, same), '');
});

test('ticks are round times inside the range, never too close', () => {
  const hour = 3_600_000;
  for (const length of [hour / 12, hour, 6 * hour, 24 * hour, 30 * 24 * hour]) {
    const ticks = timeTicks(1_000_000_000, 1_000_000_000 + length, 800);
    assert.ok(ticks.length >= 1 && ticks.length <= 9, `${String(ticks.length)} ticks for ${String(length)}`);
    assert.ok(ticks.every((tick) => tick % 60_000 === 0));
  }
});
