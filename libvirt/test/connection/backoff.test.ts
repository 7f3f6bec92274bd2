import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../src/connection/backoff.ts';

test('pauses double up to the limit, each drawn from its upper half', () => {
  const lowest = new Backoff({ firstMs: 100, maxMs: 1000, random: () => 0 });
  assert.deepEqual(
    Array.from({ length: 6 }, () => lowest.next()),
    [50, 100, 200, 400, 500, 500],
  );
  const highest = new Backoff({ firstMs: 100, maxMs: 1000, random: () => 1 });
  assert.deepEqual(
    Array.from({ length: 6 }, () => highest.next()),
    [100, 200, 400, 800, 1000, 1000],
  );
  highest.reset();
  assert.equal(highest.next(), 100);
});
