import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HistoryWindow } from '../../src/telemetry/history-window.ts';

const load = (cpu: number | null) => ({ cpu, mem: 0.5, net: null, disk: null });
const vm = (id: string) => ({ type: 'vm', id }) as const;

test('means over steps, null where nothing was sampled', () => {
  const window = new HistoryWindow({ maximumBytes: 1e6, windowMs: 1e9 });
  for (let i = 0; i < 12; i++) if (i < 6 || i > 8) window.add(vm('a'), i * 10_000, load(i), 0.25);
  const series = window.series(vm('a'), { from: 0, to: 120_000, stepSeconds: 30 });
  assert.deepEqual(series.at, [0, 30_000, 60_000, 90_000]);
  assert.deepEqual(series.cpu, [1, 4, null, 10]);
  assert.deepEqual(series.net, [null, null, null, null]);
  assert.deepEqual(series.pressure, [0.25, 0.25, null, 0.25]);
  assert.deepEqual(window.series(vm('b'), { from: 0, to: 60_000, stepSeconds: 60 }).cpu, [null]);
});

test('a sample is taken once, and a null stays a null', () => {
  const window = new HistoryWindow({ maximumBytes: 1e6, windowMs: 1e9 });
  window.add(vm('a'), 1000, load(null), null);
  window.add(vm('a'), 2000, load(0.5), null);
  window.add(vm('a'), 2000, load(0.9), null);
  assert.deepEqual(window.series(vm('a'), { from: 0, to: 10_000, stepSeconds: 10 }).cpu, [0.5]);
});

test('the room is bounded: the oldest goes first, over all series', () => {
  const window = new HistoryWindow({ maximumBytes: 200_000, windowMs: 1e12 });
  for (let i = 0; i < 2000; i++) for (let s = 0; s < 20; s++) window.add(vm(`v${s}`), i * 10_000, load(i), 0);
  const { bytes, since } = window.status();
  assert.ok(bytes <= 200_000 && bytes > 150_000, `${bytes}`);
  assert.ok(since! > 15_000_000);
  const last = window.series(vm('v7'), { from: 19_990_000, to: 20_000_000, stepSeconds: 10 });
  assert.deepEqual(last.cpu, [1999]);
});

test('what is older than the window goes, and series that ended with it', () => {
  const window = new HistoryWindow({ maximumBytes: 1e9, windowMs: 3_600_000 });
  for (let s = 0; s < 3000; s++) window.add(vm(`gone${s}`), 0, load(1), 0);
  for (let i = 0; i < 3000; i++) window.add(vm('stays'), i * 10_000, load(1), 0);
  assert.ok(window.since(vm('stays'))! >= 30_000_000 - 3_600_000 - 600_000);
  assert.equal(window.since(vm('gone1')), null);
  assert.equal(window.status().series, 1);
});

test('a clock that is set back by an hour does not stop the recording', () => {
  const window = new HistoryWindow({ maximumBytes: 1e6, windowMs: 1e12 });
  const hour = 3_600_000;
  for (let i = 0; i < 720; i++) window.add(vm('a'), hour + i * 10_000, load(1), 0);
  for (let i = 0; i < 10; i++) window.add(vm('a'), 2 * hour + i * 10_000, load(2), 0);
  const after = window.series(vm('a'), { from: 2 * hour, to: 2 * hour + 200_000, stepSeconds: 100 });
  assert.deepEqual(after.cpu, [2, null]);
  assert.deepEqual(window.series(vm('a'), { from: hour, to: 2 * hour, stepSeconds: 3600 }).cpu, [1]);
});
