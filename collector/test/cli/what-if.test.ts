import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { placeCommand } from '../../src/cli/place.ts';
import { whatIfCommand } from '../../src/cli/what-if.ts';
import { expandFleet } from '../advise/compact-fleet.ts';
import { recordingIo } from './recording-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-what-if-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const fleet = join(folder, 'fleet.json');
writeFileSync(
  fleet,
  JSON.stringify(
    expandFleet({
      hosts: { h1: { cpuModel: 'EPYC' }, h2: { cpuModel: 'EPYC-Milan' } },
      vms: { a: { on: 'h1', vcpus: 8, cpu: 0.4 }, b: { on: 'h2', vcpus: 8, cpu: 0.6 } },
    }),
  ),
);
const commands = {
  'what-if': () => Promise.resolve(whatIfCommand),
  place: () => Promise.resolve(placeCommand),
};
const run = async (command: string, ...args: string[]) => {
  const io = recordingIo({ cwd: folder });
  const code = await evenkeel([command, '--fleet', fleet, ...args], io, commands);
  return { code, out: io.out(), errors: io.errors() };
};

suite('evenkeel what-if', () => {
  test('hosts join and leave, VMs move, load grows: the fleet after it, and the advice', async () => {
    const { code, out } = await run(
      'what-if',
      ...['--add', 'h3=h1', '--move', 'a=h3', '--without', 'h2', '--load', '1.5', '--json'],
    );
    assert.equal(code, 0);
    const { effects, problems } = JSON.parse(out) as {
      effects: { host: string; vmsAfter: number; after: { cpu: number } }[];
      problems: string[];
    };
    assert.deepEqual(problems, []);
    const h3 = effects.find(({ host }) => host === 'h3');
    assert.deepEqual([h3?.vmsAfter, h3?.after.cpu.toFixed(2)], [1, '0.30']);
  });

  test('a table for people, and what cannot be in sentences', async () => {
    const { out } = await run('what-if', '--drain', 'h9', '--load', '2');
    assert.match(out, /^There is no host h9\.\n/);
    assert.match(out, /h1 +21 % > 41 %/);
  });

  test('what is wrong is named', async () => {
    const wrong = async (...args: string[]) => {
      const { code, errors } = await run('what-if', ...args);
      assert.notEqual(code, 0);
      return errors;
    };
    assert.match(await wrong('--move', 'a'), /--move a must be VM=HOST/);
    assert.match(await wrong('--move', 'z=h1'), /--move z: the fleet has no such VM/);
    assert.match(await wrong('--add', 'h3='), /--add h3= must be NAME=HOST/);
    assert.match(await wrong('--load', 'much'), /--load must be a number from 0 to 100, but is "much"/);
  });
});

suite('evenkeel place', () => {
  test('where, why, and why not elsewhere', async () => {
    const { code, out } = await run('place', '--vcpus', '2', '--memory', '4');
    assert.equal(code, 0);
    assert.match(out, /^h1\n {2}new \(2 vCPUs, .*\) should be started on h1: /);
    assert.match(out, /Not chosen: h2 would be filled to/);
    const bound = await run('place', '--vcpus', '2', '--memory', '4', '--cpu-model', 'EPYC-Rome');
    assert.match(bound.out, /^h2\n/);
    assert.match(bound.out, /Not possible: h1: the CPU of the host cannot offer the model/);
    const nowhere = await run('place', '--vcpus', '2', '--memory', '4000', '--json');
    assert.equal((JSON.parse(nowhere.out) as { host: unknown }).host, null);
  });

  test('what is wrong is named', async () => {
    assert.match((await run('place', '--vcpus', '2')).errors, /--memory is missing/);
    assert.match(
      (await run('place', '--vcpus', '1.5', '--memory', '4')).errors,
      /--vcpus must be a whole number, but is 1\.5/,
    );
    assert.match(
      (await run('place', '--vcpus', '2', '--memory', '-1')).errors,
      /--memory must be a number above 0 and up to 1048576, but is "-1"|--memory/,
    );
  });
});
