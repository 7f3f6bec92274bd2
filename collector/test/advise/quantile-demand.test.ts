import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demandBound, forecastDemand, priorFromFleet } from '../../src/advise/quantile-demand.ts';

const model = { halfLife: 1, prior: { mean: 0.5, deviation: 0.2, weight: 1 } };

test('a VM that nothing is known of is taken for the prior', () => {
  const demand = forecastDemand(new Float64Array(0), 1000, model);
  assert.equal(demand.mean, 500);
  assert.ok(Math.abs(demand.variance - 200 ** 2) < 1e-6);
  assert.equal(demand.most, 1000);
});

test('newer samples count more', () => {
  // Weights: prior 1, newest 1, the one before 1/2.
  assert.ok(Math.abs(forecastDemand(Float64Array.of(0, 1), 1000, model).mean - 1000 * (1.5 / 2.5)) < 1e-9);
  assert.ok(Math.abs(forecastDemand(Float64Array.of(1, 0), 1000, model).mean - 1000 * (1 / 2.5)) < 1e-9);
});

test('a steady VM is nearly certain, and never below 0', () => {
  const { mean, variance } = forecastDemand(new Float64Array(500).fill(0.3), 1, { ...model, halfLife: 100 });
  assert.ok(Math.abs(mean - 0.3) < 0.01);
  assert.ok(variance >= 0 && variance < 0.001);
});

test('the prior is what all VMs did lately', () => {
  const loads = [Float64Array.of(1, 0.2, 0.4), Float64Array.of(1, 0.4, 0.2)];
  const prior = priorFromFleet(loads, 2, model.prior);
  assert.ok(Math.abs(prior.mean - 0.3) < 1e-12);
  assert.ok(Math.abs(prior.deviation - 0.1) < 1e-12);
  assert.equal(priorFromFleet([], 2, model.prior), model.prior);
});

test('nobody asks for more than was given', () => {
  assert.equal(demandBound(100, 400, 1000, 3), 160);
  assert.equal(demandBound(100, 400, 120, 3), 120);
});
