import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../src/advise/seeded-random.ts';
import {
  syntheticSeries,
  type SyntheticKind,
  type SyntheticOptions,
} from '../../src/experiment/synthetic-series.ts';
import { host, JudgedFleet, uuidOf, vm } from './judged-fleet.ts';

const secondsPerSample = 10;
const perHour = 3600 / secondsPerSample;

type Announced = { vm: number; at: number; to: string };

/** Judges one VM per series, live, a sample every ten seconds; gives every class change when it began to be told. */
const announcements = (series: readonly Float32Array[]): { risen: Announced[] } => {
  const fleet = new JudgedFleet();
  const risen: Announced[] = [];
  let told = new Map<string, string>();
  const order = new Map(series.map((_, i) => [uuidOf(i), i]));
  for (let t = 0; t < series[0]!.length; t += 1) {
    const vms = series.map((one, i) => {
      const quiet = { mem: 0.1, net: 0, disk: null };
      return vm(i, 'h', { load: { cpu: one[t]!, ...quiet } });
    });
    const judgement = fleet.tick([host('h')], vms);
    const now = new Map<string, string>();
    for (const change of judgement.classChanges) {
      const rises = change.to === 'high' || change.from === 'low';
      if (!change.announced || !rises) continue;
      now.set(change.uuid, change.to);
      if (told.get(change.uuid) === change.to) continue;
      risen.push({ vm: order.get(change.uuid)!, at: t, to: change.to });
    }
    told = now;
  }
  return { risen };
};

const made = (
  kind: SyntheticKind,
  count: number,
  options: (random: () => number) => Partial<SyntheticOptions>,
) =>
  Array.from({ length: count }, (_, i) => {
    const random = seededRandom(1000 + i);
    return syntheticSeries(kind, {
      seed: 5000 + i,
      samples: 3 * perHour,
      secondsPerSample,
      base: 0.2 + 0.2 * random(),
      noise: 0.02,
      begins: 3600 + 600 * random(),
      lasts: 1800,
      rise: 0,
      ...options(random),
    });
  });

/** The mean of the last minute. */
const meanBefore = (series: Float32Array, t: number): number =>
  series.subarray(t - 5, t + 1).reduce((a, b) => a + b, 0) / 6;

test(
  'a ramp that crosses into high in twenty minutes is announced ten minutes ahead, in 95 % of seeds',
  { timeout: 120_000 },
  () => {
    const count = 100;
    const begins = Array.from({ length: count }, (_, i) => 3600 + 600 * seededRandom(77 + i)());
    let i = 0;
    const series = made('ramp', count, (random) => {
      const base = 0.2 + 0.2 * random();
      // It reaches 70 % twenty minutes after it began and goes on to 85 %.
      const rise = 0.85 - base;
      return { base, rise, begins: begins[i++]!, lasts: (1200 * rise) / (0.7 - base) };
    });
    const { risen } = announcements(series);
    const leads = series.map((_, n) => {
      const crosses = begins[n]! + 1200;
      const first = risen.find(
        (one) => one.vm === n && one.to === 'high' && one.at * secondsPerSample >= begins[n]!,
      );
      return first === undefined ? -Infinity : (crosses - first.at * secondsPerSample) / 60;
    });
    const early = leads.filter((lead) => lead >= 10).length / count;
    assert.ok(early >= 0.95, `announced ten minutes ahead in ${early}`);
  },
);

const flat = (count: number, hours: number, noise: number, base: (random: () => number) => number) =>
  made('flat', count, (random) => ({ samples: hours * perHour, base: base(random), noise }));

test(
  'a flat noisy load raises at most one false alarm in ten VM-days, wherever it lies',
  { timeout: 120_000 },
  () => {
    const count = 40;
    const hours = 12;
    for (const noise of [0.02, 0.05]) {
      const { risen } = announcements(flat(count, hours, noise, (random) => 0.05 + 0.85 * random()));
      const perVmDay = risen.length / ((count * hours) / 24);
      assert.ok(perVmDay <= 0.1, `${perVmDay} false alarms per VM-day at noise ${noise}`);
    }
  },
);

test('a flat and very noisy load raises no more, a tenth away from a boundary', { timeout: 120_000 }, () => {
  const series = flat(40, 12, 0.1, (random) => 0.4 + 0.2 * random());
  const perVmDay = announcements(series).risen.length / 20;
  assert.ok(perVmDay <= 0.1, `${perVmDay} false alarms per VM-day`);
});

test('a leak is announced before it is high', { timeout: 120_000 }, () => {
  const series = made('leak', 20, () => ({
    base: 0.3,
    rise: 0.6,
    lasts: 6 * 3600,
    samples: 7 * perHour,
    noise: 0.01,
  }));
  const { risen } = announcements(series);
  series.forEach((_, n) => {
    const first = risen.find((one) => one.vm === n && one.to === 'high');
    assert.ok(first !== undefined, `the leak of VM ${n} was never announced`);
    const crossing = series[n]!.findIndex((_, t) => t > 6 && meanBefore(series[n]!, t) >= 0.7);
    assert.ok(first.at < crossing, `VM ${n} was announced at ${first.at}, it crossed at ${crossing}`);
  });
});
