import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { backtest } from '../../src/experiment/backtest.ts';
import { backtestBars } from '../../src/experiment/backtest-bars.ts';
import { scoreCrossings } from '../../src/experiment/backtest-crossings.ts';
import { parseLoads, readTraceSets, type TraceSet } from '../../src/experiment/backtest-traces.ts';
import { boostDefaults } from '../../src/experiment/boost-trees.ts';
import { learnJudgeParameters } from '../../src/experiment/learn-judge.ts';
import { syntheticMixture } from '../../src/experiment/synthetic-series.ts';
import { crossesSoon } from '../../src/experiment/learn-crossings.ts';
import { shippedParameters } from '../../src/judge/shipped-parameters.ts';

const options = { boundaries: [0.3, 0.7], hysteresis: 0.05, precision: 0.6 };
const setOf = (seed: number, count = 12): TraceSet => ({
  name: `made-${seed}`,
  dimensions: ['cpu'],
  traces: syntheticMixture(count, seed).map((series, i) => ({ name: `vm-${i}`, series: [series] })),
});

test(
  'a backtest says the same on every run, and covers every model, horizon and boundary',
  { timeout: 60_000 },
  () => {
    const report = backtest(setOf(1), shippedParameters, options);
    assert.deepEqual(backtest(setOf(1), shippedParameters, options), report);
    const [cpu] = report.dimensions;
    assert.deepEqual(
      cpu!.forecasts.map(({ minutes }) => minutes),
      [5, 15, 30, 60],
    );
    assert.deepEqual(
      cpu!.forecasts[0]!.scores.map(({ model }) => model),
      ['persistence', 'linear', 'holt', 'local-regression', 'level', 'combination'],
    );
    assert.deepEqual(
      cpu!.classChanges.map(({ boundary }) => [boundary.value, boundary.rising]),
      [
        [0.3, true],
        [0.25, false],
        [0.7, true],
        [0.65, false],
      ],
    );
    for (const { averagePrecision, baseRate, reliability, moments } of cpu!.classChanges) {
      assert.ok(averagePrecision.evenkeel > baseRate);
      assert.equal(
        reliability.reduce((sum, row) => sum + row.moments, 0),
        moments,
      );
    }
    assert.ok(backtestBars(report).every(({ value }) => Number.isFinite(value)));
  },
);

test('what comes later changes nothing that was said before', () => {
  const [series] = syntheticMixture(1, 3);
  const boundary = { value: 0.3, rising: true };
  const cut = series!.slice(0, 200);
  const whole = scoreCrossings([series!], boundary, shippedParameters.rising);
  const part = scoreCrossings([cut], boundary, shippedParameters.rising);
  assert.ok(part.score.length > 0);
  assert.deepEqual(part.score, whole.score.subarray(0, part.score.length));
  assert.deepEqual(part.frequency, whole.frequency.subarray(0, part.frequency.length));
});

test('a crossing is an event at the boundary itself, within six samples, not in the seventh', () => {
  const series = Float32Array.of(0.1, 0, 0, 0, 0, 0, 0, 0.7, 0);
  const boundary = { value: 0.7, rising: true };
  assert.equal(crossesSoon(series, 0, boundary), false);
  assert.equal(crossesSoon(series, 1, boundary), true);
});

test(
  'learned parameters are the same for the same traces, and tell something of traces that they have not seen',
  { timeout: 60_000 },
  () => {
    const boost = { ...boostDefaults, trees: 8, depth: 3, leafWeight: 3 };
    const sets = [setOf(21, 16), setOf(22, 16)];
    const learned = learnJudgeParameters(sets, { boost });
    assert.deepEqual(learnJudgeParameters(sets, { boost }), learned);
    assert.equal(learned.learnedFrom, 'made-21 (16 VMs), made-22 (16 VMs)');
    const rising = backtest(setOf(23, 24), learned, options).dimensions[0]!.classChanges[0]!;
    assert.ok(rising.averagePrecision.evenkeel > 2 * rising.baseRate);
  },
);

test('traces of one or two columns are read, what is wrong in them is named with its line', () => {
  const lines = (line: string) => Array<string>(24).fill(line).join('\n');
  assert.equal(parseLoads(lines('7'), 'f').length, 1);
  const [cpu, mem] = parseLoads(lines('7.5 120'), 'f');
  assert.ok(Math.abs(cpu![0]! - 0.075) < 1e-6);
  assert.equal(mem![0], 1);
  assert.throws(() => parseLoads('1\n2', 'f'), /f has 2 samples, at least 24 are needed/);
  assert.throws(() => parseLoads(lines('1 2 3'), 'f'), /f:1: 3 columns, one \(CPU\) or two/);
  assert.throws(() => parseLoads(`${lines('1')}\nabc`, 'f'), /f:25: "abc" is not one percentage/);
  assert.throws(() => parseLoads(`${lines('1 2')}\n1`, 'f'), /f:25: "1" is not two percentages/);
});

test('a folder of traces, or of such folders, is read in the order of names', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-traces-'));
  t.after(() => rm(folder, { recursive: true }));
  await assert.rejects(readTraceSets(join(folder, 'nowhere')), /there is no such folder/);
  await assert.rejects(readTraceSets(folder), /holds no traces/);
  const day = Array<string>(30).fill('5').join('\n');
  for (const name of ['b', 'a']) {
    await mkdir(join(folder, name));
    for (const file of ['2', '1']) await writeFile(join(folder, name, file), day);
  }
  const sets = await readTraceSets(folder);
  assert.deepEqual(
    sets.map(({ name }) => name),
    ['a', 'b'],
  );
  assert.deepEqual(
    sets[0]!.traces.map(({ name }) => name),
    ['1', '2'],
  );
  assert.deepEqual(
    (await readTraceSets(join(folder, 'a'))).map(({ name }) => name),
    ['a'],
  );
  await writeFile(join(folder, 'stray'), day);
  await assert.rejects(readTraceSets(folder), /mixes files and folders/);
});
