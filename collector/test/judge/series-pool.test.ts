import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../src/advise/seeded-random.ts';
import { syntheticSeries } from '../../src/experiment/synthetic-series.ts';
import { SeriesPool } from '../../src/judge/series-pool.ts';
import { shippedParameters } from '../../src/judge/shipped-parameters.ts';
import { monday } from './judged-fleet.ts';

const periodMs = 300_000;
const boundaries = [{ value: 0.7, rising: true }];

const pool = (series = 1): SeriesPool => {
  const made = new SeriesPool({ periodMs, boundaries: 1, parameters: shippedParameters });
  made.resize(series);
  for (let i = 0; i < series; i += 1) made.reset(i);
  return made;
};

const feed = (to: SeriesPool, values: Iterable<number>, start = monday): void => {
  let at = start;
  for (const value of values) to.add(0, value, (at += periodMs), boundaries);
};

test('there is no forecast from too little history, and a constant load is forecast as it is', () => {
  const one = pool();
  feed(one, Array<number>(5).fill(0.4));
  assert.equal(one.forecast(0, 15), null);
  feed(one, Array<number>(20).fill(0.4), monday + 5 * periodMs);
  const point = one.forecast(0, 30)!;
  assert.ok(Math.abs(point.value - 0.4) < 0.01);
  assert.ok(point.low <= point.value && point.value <= point.high);
  assert.ok(point.high - point.low < 0.05);
});

test('samples of ten seconds gather into the period that one sample of five minutes is', () => {
  const coarse = pool();
  const fine = pool();
  const random = seededRandom(1);
  const levels = Array.from({ length: 60 }, () => random());
  feed(coarse, levels);
  let at = monday;
  for (const level of levels) for (let i = 0; i < 30; i += 1) fine.add(0, level, (at += 10_000), boundaries);
  assert.ok(Math.abs(fine.memory.slow(0) - coarse.memory.slow(0)) < 0.03);
  assert.ok(Math.abs(fine.memory.count(0) - coarse.memory.count(0)) <= 1);
});

test('a forecast that is kept is the one that would be made, after every sample and another horizon', () => {
  const kept = pool();
  const made = pool();
  const random = seededRandom(2);
  kept.keepForecasts(30);
  let at = monday;
  const bothTake = (value: number): void => {
    at += 10_000;
    for (const one of [kept, made]) one.add(0, value, at, boundaries);
  };
  const sameAt = (minutes: number): void => {
    assert.deepEqual(kept.forecast(0, minutes), made.forecast(0, minutes));
  };
  for (let i = 0; i < 1500; i += 1) {
    bothTake(random());
    sameAt(30);
    sameAt(15);
  }
  kept.keepForecasts(60);
  sameAt(60);
  kept.reset(0);
  assert.equal(kept.forecast(0, 60), null);
});

test('an 80 % interval covers about 80 % of a noisy load at every horizon', () => {
  for (const minutes of [5, 15, 30, 60]) {
    const one = pool();
    const series = syntheticSeries('flat', {
      seed: 4,
      samples: 3000,
      secondsPerSample: 300,
      base: 0.5,
      noise: 0.08,
      begins: 0,
      lasts: 0,
      rise: 0,
    });
    let covered = 0;
    let told = 0;
    const ahead = minutes / 5;
    series.forEach((value, t) => {
      one.push(0, value, monday + t * periodMs, boundaries);
      const truth = series[t + ahead];
      if (t < 200 || truth === undefined) return;
      const { low, high } = one.forecast(0, minutes)!;
      told += 1;
      if (truth >= low && truth <= high) covered += 1;
    });
    assert.ok(covered / told > 0.76 && covered / told < 0.84, `${covered / told} at ${minutes} min`);
  }
});

test('a daily rhythm is learned within days: an hour ahead it beats what the load is now by far', () => {
  const one = pool();
  const series = syntheticSeries('daily', {
    seed: 9,
    samples: 288 * 6,
    secondsPerSample: 300,
    base: 0.1,
    noise: 0.02,
    begins: 0,
    lasts: 0,
    rise: 0.7,
  });
  let own = 0;
  let naive = 0;
  series.forEach((value, t) => {
    one.push(0, value, monday + t * periodMs, boundaries);
    const truth = series[t + 12];
    if (t < 288 * 4 || truth === undefined) return;
    own += Math.abs(truth - one.forecast(0, 60)!.value);
    naive += Math.abs(truth - value);
  });
  assert.ok(own < 0.6 * naive, `error ${own / naive} of the naive one`);
});

test('nothing of the future is in a forecast or a probability', () => {
  const random = seededRandom(5);
  const past = Array.from({ length: 100 }, () => random());
  const seen = pool();
  feed(seen, past);
  const said = [seen.forecast(0, 30), seen.crossing(0, 0)];
  const again = pool();
  feed(again, past);
  assert.deepEqual([again.forecast(0, 30), again.crossing(0, 0)], said);
  feed(again, [1, 0, 1], monday + 100 * periodMs);
  assert.notDeepEqual([again.forecast(0, 30), again.crossing(0, 0)], said);
});

test('a long silence begins the series anew', () => {
  const one = pool();
  feed(one, Array<number>(30).fill(0.4));
  one.add(0, 0.9, monday + 1000 * periodMs, boundaries);
  assert.equal(one.forecast(0, 30), null);
});

test('a VM and dimension takes less than 1 KiB', () => {
  const series = 64;
  const made = new SeriesPool({ periodMs, boundaries: 4, parameters: shippedParameters });
  made.resize(series);
  assert.ok(made.bytes / series < 1024, `${made.bytes / series} bytes`);
});
