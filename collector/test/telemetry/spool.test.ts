import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { Spool } from '../../src/telemetry/spool.ts';

function directoryOf(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-spool-'));
  t.after(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

const open = (directory: string, more: Partial<ConstructorParameters<typeof Spool>[0]> = {}) =>
  new Spool({ directory, maximumBytes: 1e9, now: () => 1000, batchMs: 1e6, ...more });

/** Takes all that waits, in order. */
async function drain(spool: Spool): Promise<string> {
  let lines = '';
  while (spool.status().batches > 0) {
    const batch = (await spool.next())!;
    lines += (await spool.linesOf(batch)) ?? 'damaged';
    spool.acknowledge(batch);
  }
  return lines;
}

test('batches come out whole and in order, and leave nothing behind', async (t) => {
  const directory = directoryOf(t);
  const spool = open(directory, { batchPoints: 3 });
  for (let i = 0; i < 10; i++) spool.append(`line ${i}\n`, 1);
  await spool.flush();
  assert.equal(spool.status().batches, 4);
  assert.equal(await drain(spool), Array.from({ length: 10 }, (_, i) => `line ${i}\n`).join(''));
  await spool.close();
  assert.deepEqual(readdirSync(directory), []);
});

test('the same batch is given until it is acknowledged', async (t) => {
  const spool = open(directoryOf(t), { batchPoints: 1 });
  spool.append('a\n', 1);
  spool.append('b\n', 1);
  await spool.flush();
  const first = (await spool.next())!;
  assert.equal((await spool.next())!.sequence, first.sequence);
  spool.acknowledge(first);
  assert.notEqual((await spool.next())!.sequence, first.sequence);
  await spool.close();
});

test('what one process leaves, the next one delivers first', async (t) => {
  const directory = directoryOf(t);
  const first = open(directory, { batchPoints: 2 });
  for (let i = 0; i < 25; i++) first.append(`line ${i}\n`, 1);
  await first.close();
  const second = open(directory);
  second.append('line 25\n', 1);
  await second.flush();
  assert.equal(await drain(second), Array.from({ length: 26 }, (_, i) => `line ${i}\n`).join(''));
  await second.close();
});

test('at its bound the oldest batches go, and every lost point is counted', async (t) => {
  const spool = open(directoryOf(t), { batchPoints: 10, maximumBytes: 3000 });
  const losses: number[] = [];
  spool.onLoss(({ points }) => losses.push(points));
  let noise = 1;
  for (let i = 0; i < 1000; i++) {
    noise = (noise * 48_271) % 2_147_483_647; // so that it does not compress away
    spool.append(`${i} ${noise}\n`, 1);
  }
  await spool.flush();
  const { lost, points, bytes, lostBecause } = spool.status();
  assert.ok(bytes <= 3000);
  assert.ok(lost > 0);
  assert.equal(lost + points, 1000);
  assert.equal(
    lost,
    losses.reduce((a, b) => a + b, 0),
  );
  assert.match(lostBecause!, /bound of 3000 bytes/);
  const left = (await drain(spool)).trim().split('\n');
  assert.equal(left.length, points);
  assert.ok(left[0]!.startsWith(`${lost} `), 'the newest stayed');
  await spool.close();
});

test('after a rewind the batches acknowledged lately come again, first', async (t) => {
  let now = 0;
  const spool = open(directoryOf(t), { batchPoints: 1, replayMs: 1000, now: () => now });
  for (const line of ['a\n', 'b\n', 'c\n']) spool.append(line, 1);
  await spool.flush();
  spool.acknowledge((await spool.next())!); // a, at 0
  now = 900;
  spool.acknowledge((await spool.next())!); // b, at 900
  now = 1500;
  assert.equal(spool.rewind(), 1);
  assert.equal(await drain(spool), 'b\nc\n');
  await spool.close();
});

test('damaged batches are told apart, an empty file included', async (t) => {
  const directory = directoryOf(t);
  writeFileSync(path.join(directory, '0000000000000001-7.gz'), '');
  writeFileSync(path.join(directory, '0000000000000002-5.gz'), 'not gzip');
  const spool = open(directory);
  for (let i = 0; i < 2; i++) {
    const batch = (await spool.next())!;
    assert.equal(await spool.linesOf(batch), null);
    spool.acknowledge(batch);
  }
  await spool.close();
});

test('two collectors cannot share a spool', async (t) => {
  const directory = directoryOf(t);
  writeFileSync(path.join(directory, 'lock'), String(process.ppid));
  assert.throws(
    () => open(directory),
    /is in use by process \d+; give each collector a directory of its own/,
  );
  writeFileSync(path.join(directory, 'lock'), '999999999'); // gone long ago
  await open(directory).close();
});

test(
  'killed with a full spool: the next process finds every line that was taken',
  { timeout: 20_000 },
  async (t) => {
    const directory = directoryOf(t);
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'spool-victim.ts'), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let taken = 0;
    child.stdout.setEncoding('utf8');
    for await (const chunk of child.stdout) {
      for (const number of (chunk as string).matchAll(/\d+\n/g)) taken = Number(number[0]);
      if (taken > 2000) break;
    }
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    // as if the last line had been torn in the middle
    const torn = readdirSync(directory)
      .filter((name) => name.endsWith('.open'))
      .at(-1);
    if (torn !== undefined) writeFileSync(path.join(directory, torn), 'half a li', { flag: 'a' });
    const spool = open(directory);
    const lines = (await drain(spool)).trim().split('\n');
    assert.ok(lines.length >= taken, `${lines.length} of ${taken}`);
    for (const [index, line] of lines.entries()) assert.equal(line, `line ${index + 1}`);
    await spool.close();
  },
);
