import assert from 'node:assert/strict';
import test from 'node:test';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import { ClassBook, plainClass } from '../../src/judge/load-classes.ts';
import { syntheticSeries } from '../../src/experiment/synthetic-series.ts';
import { load } from './judged-fleet.ts';

const book = () => {
  const classes = new ClassBook();
  classes.resize(1);
  classes.reset(0);
  let at = 0;
  return (cpu: number, mem = 0.1, seconds = 10) =>
    classes.update(0, load(cpu, mem), (at += seconds * 1000), defaultPolicy);
};

test('the first sample gives the class, the highest dimension decides', () => {
  assert.equal(book()(0.1), 'low');
  assert.equal(book()(0.3), 'medium');
  assert.equal(book()(0.1, 0.7), 'high');
  assert.equal(plainClass(0.69, 'cpu', defaultPolicy), 'medium');
});

test('a class rises after the dwell time only', () => {
  const sample = book();
  sample(0.2);
  for (let i = 0; i < 6; i += 1) assert.equal(sample(0.5), 'low');
  assert.equal(sample(0.5), 'medium');
});

test('what was held over the whole dwell counts, not the peak', () => {
  const sample = book();
  sample(0.2);
  sample(0.9);
  for (let i = 0; i < 5; i += 1) sample(0.5);
  assert.equal(sample(0.5), 'medium');
});

test('a class falls only when the load is under the boundary less the hysteresis', () => {
  const sample = book();
  sample(0.5);
  for (let i = 0; i < 20; i += 1) assert.equal(sample(0.27), 'medium');
  for (let i = 0; i < 6; i += 1) sample(0.2);
  assert.equal(sample(0.2), 'low');
});

test('a noisy load that lies on a boundary changes its class less than once in two hours', () => {
  const hours = 24;
  for (const noise of [0.02, 0.05]) {
    const series = syntheticSeries('flat', {
      seed: 3,
      samples: hours * 360,
      secondsPerSample: 10,
      base: 0.7,
      noise,
      begins: 0,
      lasts: 0,
      rise: 0,
    });
    const sample = book();
    let changes = 0;
    let before = sample(series[0]!);
    for (const value of series) {
      const now = sample(value);
      if (now !== before) changes += 1;
      before = now;
    }
    assert.ok(changes <= hours / 2, `${changes} changes in ${hours} hours at noise ${noise}`);
  }
});
