import assert from 'node:assert/strict';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseTrace, readTraces, samplesPerDay } from '../../src/experiment/planetlab-traces.ts';

const day = (percent: number): string => `${percent}\n`.repeat(samplesPerDay);

const folder = async (t: { after(fn: () => Promise<void>): void }): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), 'evenkeel-traces-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
};

test('a day is read in the order of file names, as shares', async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'b_vm'), day(100));
  await writeFile(join(path, 'a_vm'), day(7));
  await writeFile(join(path, 'B_vm'), day(0).trimEnd());
  const traces = await readTraces(path);
  assert.deepEqual(
    traces.map(({ name, cpu }) => [name, cpu[0], cpu.length]),
    [
      ['B_vm', 0, 288],
      ['a_vm', 0.07, 288],
      ['b_vm', 1, 288],
    ],
  );
});

test('what is wrong with a file is said with its name and line', () => {
  assert.throws(
    () => parseTrace(day(5).slice(0, -4), 'd/vm'),
    /^Error: d\/vm:287: the file ends here, a day has 288/,
  );
  assert.throws(() => parseTrace('', 'd/vm'), /^Error: d\/vm:1: the file ends here/);
  assert.throws(() => parseTrace(day(5) + '5\n', 'd/vm'), /^Error: d\/vm:289: one line too many/);
  for (const bad of ['101', '-1', '5.5', 'NaN', '', '1e2']) {
    assert.throws(
      () => parseTrace(`1\n2\n${bad}\n` + '3\n'.repeat(285), 'd/vm'),
      new RegExp(`^Error: d/vm:3: "${bad}" is no CPU load, an integer from 0 to 100 was expected`),
    );
  }
});

test('a folder that is no day is refused in one sentence', async (t) => {
  const path = await folder(t);
  await assert.rejects(readTraces(path), { message: `${path} holds no trace: one file per VM was expected` });
  await assert.rejects(
    readTraces(join(path, 'none')),
    /cannot read traces from .*none: there is no such folder/,
  );
  await mkdir(join(path, '20110303'));
  await assert.rejects(readTraces(path), /20110303 is a folder: give the folder of one day/);
});
