import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { calibrate } from '../../src/act/calibrate.ts';
import { uncalibrated } from '../../src/fleet/migration-calibration.ts';
import type { MigrationObservation } from '../../src/journal/migration-observation.ts';

const mib = 2 ** 20;
const interval = (value: number) => ({ value, low: value, high: value });

/**
 * A world with a set-up of 1.5 s, hosts that manage 100 MiB/s and a link that gives nine tenths of what it says; where
 * the link is what holds the bytes up, 0.2 s of them wait before it.
 */
const observed = (
  index: number,
  more: { link?: number; from?: string; uuid?: string; disturbed?: number } = {},
): MigrationObservation => {
  const link = more.link ?? 1e9;
  const bytes = (40 + (index % 5) * 10) * mib;
  const transferSeconds = bytes * Math.max(1 / (0.9 * link), 1 / (100 * mib));
  return {
    migration: `m-${index}`,
    at: index,
    uuid: more.uuid ?? 'u',
    vm: 'web',
    from: more.from ?? 'h1',
    to: 'h2',
    forecast: {
      bytes: interval(bytes),
      seconds: interval(1.5 + transferSeconds),
      downtimeSeconds: interval(0.1),
      rounds: 1,
      converges: true,
      strategy: 'pre-copy',
      copiesDisks: false,
      reason: '',
    },
    fact: {
      seconds: 1.5 + transferSeconds + (more.disturbed ?? 0),
      downtimeSeconds: link < 100 * mib ? 0.55 : 0.35,
      bytes,
      bytesPerSecond: null,
      rounds: 2,
    },
    inputs: {
      link,
      memoryBytes: 96 * mib,
      looksUsedBytes: 30 * mib,
      sampledDirtyBytesPerSecond: 4 * mib,
      downtimeLimitSeconds: 0.3,
      restSeconds: 0.25,
    },
    measured: { touchedBytes: 60 * mib, dirtyBytesPerSecond: 6 * mib, transferSeconds },
  };
};

const near = (actual: number, expected: number, share = 0.1) => {
  assert.ok(Math.abs(actual - expected) <= expected * share, `${actual} is not about ${expected}`);
};

describe('what past migrations teach', () => {
  it('knows nothing without any', () => {
    assert.equal(calibrate([]), uncalibrated);
  });

  it('finds set-up, link and hosts apart, and is not misled by a disturbed one', () => {
    const free = Array.from({ length: 9 }, (_, index) =>
      observed(index, { disturbed: index === 4 ? 20 : 0 }),
    );
    const slow = Array.from({ length: 6 }, (_, index) => observed(20 + index, { link: 10 * mib }));
    const { pairs, vms, touchedShare } = calibrate([...free, ...slow]);
    const path = pairs['h1>h2']!;
    near(path.setupSeconds, 1.5);
    near(path.secondsPerByte * 100 * mib, 1);
    near(path.linkFactor, 1 / 0.9);
    near(path.downtimeBaseSeconds, 0.1, 0.15);
    near(path.queueSeconds, 0.2, 0.15);
    near(vms.u!.touchedShare!, 2);
    near(vms.u!.dirtyFactor, 1.5);
    near(touchedShare, 2);
  });

  it('takes the fleet for a pair that has shown little', () => {
    const others = Array.from({ length: 10 }, (_, index) => observed(index));
    const { pairs, fleet } = calibrate([...others, observed(11, { from: 'h9' })]);
    assert.equal(pairs['h9>h2'], undefined);
    near(fleet.setupSeconds, 1.5);
  });

  it('becomes surer with agreement, and less sure with noise', () => {
    const steady = calibrate(Array.from({ length: 15 }, (_, index) => observed(index)));
    const noisy = calibrate(
      Array.from({ length: 15 }, (_, index) => observed(index, { disturbed: index % 3 })),
    );
    assert.ok(steady.fleet.spread < uncalibrated.fleet.spread);
    assert.ok(steady.fleet.spread < noisy.fleet.spread);
  });
});
