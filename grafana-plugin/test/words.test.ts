import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes, count, percent, seconds, when } from '../src/components/words.ts';

test('what is not known is never a zero', () => {
  assert.equal(percent(null), 'not known');
  assert.equal(bytes(null), 'not known');
  assert.equal(seconds(null), 'not known');
  assert.equal(percent(0), '0 %');
});

test('numbers take the unit that reads best', () => {
  assert.equal(bytes(0), '0 B');
  assert.equal(bytes(1536), '1.5 KiB');
  assert.equal(bytes(250 * 1024 ** 3), '250 GiB');
  assert.equal(seconds(0.05), '50 ms');
  assert.equal(seconds(9.9), '9.9 s');
  assert.equal(seconds(61), '1 min 1 s');
  assert.equal(seconds(7260), '2 h 1 min');
  assert.equal(count(1, 'host', 'hosts'), '1 host');
  assert.equal(count(1200, 'VM', 'VMs'), '1,200 VMs');
});

test('times are told from now, in both directions', () => {
  assert.equal(when(1000, 2000), 'now');
  assert.equal(when(0, 60_000), '1 min ago');
  assert.equal(when(600_000, 0), 'in 10 min');
  assert.equal(when(0, 7_200_000), '2 h ago');
});
