import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JavaHashOrder, javaStringHash } from '../../src/experiment/java-hash-order.ts';

test("strings hash as in Java's documentation", () => {
  // s[0] * 31^(n-1) + ... + s[n-1], in 32 bits.
  assert.equal(javaStringHash(''), 0);
  assert.equal(javaStringHash('2-0'), 50 * 961 + 45 * 31 + 48);
  assert.equal(javaStringHash('polygenelubricants'), -2147483648);
});

test('keys come by bucket, those of one bucket as they were put in', () => {
  const map = new JavaHashOrder();
  map.grow(3);
  // Buckets 1, 0 and 1 of 16.
  assert.deepEqual(map.order([17, 16, 1]), [1, 0, 2]);
});

test('a map that grew spreads its keys over more buckets, for good', () => {
  const map = new JavaHashOrder();
  assert.equal(map.grow(12), false);
  assert.deepEqual(map.order([16, 1]), [0, 1]);
  assert.equal(map.grow(13), true);
  assert.equal(map.grow(2), false);
  assert.deepEqual(map.order([16, 1]), [1, 0]);
});
