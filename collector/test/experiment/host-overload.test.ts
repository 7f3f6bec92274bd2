import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictsOverload, regressionLine } from '../../src/experiment/host-overload.ts';

test('the line through points of a line is that line', () => {
  const { intercept, slope } = regressionLine(
    Float64Array.from({ length: 10 }, (_, i) => 0.1 + 0.05 * (i + 1)),
  );
  assert.ok(Math.abs(intercept - 0.1) < 1e-12);
  assert.ok(Math.abs(slope - 0.05) < 1e-12);
});

test('a host is overloaded when the line, one step on, times the safety parameter reaches 1', () => {
  // Newest first: 0.64 after ten samples that rose by 0.02 each; the next would be 0.66.
  const rising = Float64Array.from({ length: 10 }, (_, ago) => 0.64 - 0.02 * ago);
  assert.equal(predictsOverload(rising, 1.51), false);
  assert.equal(predictsOverload(rising, 1.52), true);
  // The same loads falling: the next would be 0.44.
  assert.equal(predictsOverload(rising.toReversed(), 2), false);
});
