import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { syntheticMixture } from '../../src/experiment/synthetic-series.ts';
import { recordingIo } from './recording-io.ts';

test('backtest and learn say what is missing or wrong in their arguments', async () => {
  const cases: [string[], RegExp][] = [
    [['backtest'], /--traces DIR is missing/],
    [['backtest', '--traces', '.', '--boundaries', '30,x'], /"x" is no percentage between 0 and 100/],
    [['backtest', '--traces', '.', '--precision', '2'], /a share between 0 and 1 was expected/],
    [['learn', '--traces', '.'], /--out FILE is missing/],
  ];
  for (const [args, message] of cases) {
    const io = recordingIo();
    assert.equal(await evenkeel(args, io), 2);
    assert.match(io.errors(), message);
  }
  const io = recordingIo();
  assert.equal(await evenkeel(['backtest', '--traces', '/nowhere'], io), 1);
  assert.match(io.errors(), /there is no such folder/);
});

test('backtest prints tables for people and one JSON report for programs', { timeout: 60_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-backtest-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [i, series] of syntheticMixture(12, 5).entries()) {
    const lines = Array.from(series, (value) => String(Math.round(value * 100)));
    await writeFile(join(folder, `vm-${i}`), lines.join('\n'));
  }
  const people = recordingIo();
  assert.equal(await evenkeel(['backtest', '--traces', folder], people), 0);
  assert.match(people.out(), /12 VMs; parameters learned from 20110303/);
  assert.match(people.out(), /combination/);
  const programs = recordingIo();
  assert.equal(await evenkeel(['backtest', '--traces', folder, '--json'], programs), 0);
  const { reports } = JSON.parse(programs.out()) as { reports: { vms: number; dimensions: unknown[] }[] };
  assert.deepEqual(
    reports.map(({ vms, dimensions }) => [vms, dimensions.length]),
    [[12, 1]],
  );
});
