import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { simulateCommand } from '../../src/cli/simulate.ts';
import { planetlabExperiment } from '../../src/experiment/planetlab-experiment.ts';
import { syntheticTraces } from '../experiment/synthetic-traces.ts';
import { recordingIo } from './recording-io.ts';

const simulate = async (...args: string[]) => {
  const io = recordingIo();
  const code = await evenkeel(['simulate', ...args], io, {
    simulate: () => Promise.resolve(simulateCommand),
  });
  return { code, out: io.out(), err: io.errors() };
};

test('simulate prints the report for people and for programs', async (t) => {
  const path = await mkdtemp(join(tmpdir(), 'evenkeel-simulate-'));
  t.after(() => rm(path, { recursive: true }));
  const traces = syntheticTraces(12, 1);
  for (const { name, cpu } of traces) {
    await writeFile(join(path, name), [...cpu].map((share) => `${Math.round(share * 100)}\n`).join(''));
  }
  const json = await simulate('--traces', path, '--track', 'cloudsim', '--policy', 'thr-mmt-0.8', '--json');
  assert.deepEqual({ code: json.code, err: json.err }, { code: 0, err: '' });
  assert.deepEqual(JSON.parse(json.out), planetlabExperiment(traces, 'cloudsim', 'thr-mmt-0.8'));
  const text = await simulate('--traces', path);
  assert.match(text.out, /^evenkeel on the honest track: 12 VMs, 800 hosts, one day\n/);
  for (const figure of [
    'energy',
    'active host hours',
    'migrations',
    'SLATAH',
    'PDM',
    'SLAV',
    'ESV',
    'host shutdowns',
  ]) {
    assert.match(text.out, new RegExp(`^${figure} `, 'm'));
  }
});

test('wrong use is exit code 2, bad traces are 1, each with one sentence', async () => {
  const usage = async (args: string[], sentence: RegExp): Promise<void> => {
    const { code, out, err } = await simulate(...args);
    assert.deepEqual({ code, out }, { code: 2, out: '' });
    assert.match(err, sentence);
  };
  await usage([], /--traces DIR is missing/);
  await usage(['--traces', 'x', '--track', 'fast'], /--track fast is not known, use one of cloudsim, honest/);
  await usage(
    ['--traces', 'x', '--policy', 'lr'],
    /--policy lr is not known, use one of evenkeel, lr-mmt-1\.2/,
  );
  await usage(['--traces', 'x', 'y'], /"y" is one argument too many/);
  const missing = await simulate('--traces', '/nowhere/at/all');
  assert.equal(missing.code, 1);
  assert.match(
    missing.err,
    /^evenkeel: cannot read traces from \/nowhere\/at\/all: there is no such folder\n$/,
  );
});
