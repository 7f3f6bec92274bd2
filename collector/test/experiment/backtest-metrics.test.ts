import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  averagePrecision,
  median,
  pinballLoss,
  recallAtPrecision,
  reliability,
} from '../../src/experiment/backtest-metrics.ts';

const runs = { numRuns: 100, seed: 4 };
const scored = fc.array(
  fc.record({ score: fc.integer({ min: 0, max: 6 }), outcome: fc.integer({ min: 0, max: 1 }) }),
  {
    minLength: 1,
    maxLength: 60,
  },
);

/** By the definition: for every threshold precision and recall over all that score at least that. */
const byThreshold = (rows: readonly { score: number; outcome: number }[]) => {
  const all = rows.filter(({ outcome }) => outcome === 1).length;
  return [...new Set(rows.map(({ score }) => score))]
    .sort((a, b) => b - a)
    .map((threshold) => {
      const told = rows.filter(({ score }) => score >= threshold);
      const right = told.filter(({ outcome }) => outcome === 1).length;
      return { precision: right / told.length, recall: right / all };
    });
};

const arrays = (rows: readonly { score: number; outcome: number }[]): [Float32Array, Uint8Array] => [
  Float32Array.from(rows, ({ score }) => score / 10),
  Uint8Array.from(rows, ({ outcome }) => outcome),
];

test('average precision and recall at a precision are what their definitions say', () => {
  fc.assert(
    fc.property(scored, (rows) => {
      fc.pre(rows.some(({ outcome }) => outcome === 1));
      const points = byThreshold(rows);
      let area = 0;
      let before = 0;
      for (const { precision, recall } of points) {
        area += precision * (recall - before);
        before = recall;
      }
      assert.ok(Math.abs(averagePrecision(...arrays(rows)) - area) < 1e-9);
      const best = Math.max(
        0,
        ...points.filter(({ precision }) => precision >= 0.6).map(({ recall }) => recall),
      );
      assert.ok(Math.abs(recallAtPrecision(...arrays(rows), 0.6).recall - best) < 1e-9);
    }),
    runs,
  );
});

test('a perfect order has an average precision of 1, one score for all that of chance', () => {
  assert.equal(averagePrecision(Float32Array.of(0.9, 0.8, 0.1), Uint8Array.of(1, 1, 0)), 1);
  assert.equal(averagePrecision(new Float32Array(4), Uint8Array.of(1, 0, 0, 0)), 0.25);
});

test('calibration error is the mean gap between what was told and what happened', () => {
  const { rows, expectedCalibrationError } = reliability(
    Float32Array.of(0.05, 0.05, 0.95, 0.95),
    Uint8Array.of(0, 1, 1, 1),
  );
  assert.ok(Math.abs(expectedCalibrationError - (0.45 * 2 + 0.05 * 2) / 4) < 1e-6);
  assert.deepEqual([rows[0]!.moments, rows[0]!.happened, rows[9]!.happened], [2, 0.5, 1]);
});

test('medians and pinball losses', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.ok(Number.isNaN(median([])));
  assert.ok(Math.abs(pinballLoss(1, 0, 0.9) - 0.9) < 1e-12);
  assert.ok(Math.abs(pinballLoss(0, 1, 0.9) - 0.1) < 1e-12);
});
