import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { adviseCommand } from '../../src/cli/advise.ts';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { expandFleet } from '../advise/compact-fleet.ts';
import { recordingIo } from './recording-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-advise-'));
after(() => {
  rmSync(folder, { recursive: true });
});
const write = (name: string, content: unknown): string => {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const run = async (...args: string[]) => {
  const io = recordingIo({ cwd: folder });
  const code = await evenkeel(['advise', ...args], io, { advise: () => Promise.resolve(adviseCommand) });
  return { code, out: io.out(), errors: io.errors() };
};
const hot = expandFleet({
  hosts: { h1: {}, h2: {} },
  vms: { a: { on: 'h1', vcpus: 8, mem: 8, cpu: 0.9 }, b: { on: 'h1', vcpus: 8, mem: 16, cpu: 0.9 } },
});

suite('evenkeel advise', () => {
  const fleet = write('fleet.json', hot);

  test('says what to do, why, and what would happen otherwise', async () => {
    const { code, out } = await run('--fleet', fleet);
    assert.equal(code, 0);
    assert.match(out, /relieve, priority 2/);
    assert.match(out, /h1 is at 91 % CPU, over 80 %; moving a to h2 brings it to 46 %\./);
    assert.match(out, /If nobody acts: h1 stays over its limit/);
    assert.match(out, /Not chosen: Move b/);
  });

  test('--json gives the advice itself', async () => {
    const { out } = await run('--fleet', fleet, '--json');
    const advice = JSON.parse(out) as {
      recommendations: { moves: { vm: string }[] }[];
      refused: { kind: string }[];
    };
    assert.deepEqual(
      advice.recommendations[0]!.moves.map((move) => move.vm),
      ['a'],
    );
    assert.deepEqual(
      advice.refused.map((one) => one.kind),
      ['deconsolidate'],
      'the busy fleet lacks its reserve',
    );
  });

  test('a policy of YAML is obeyed', async () => {
    const policy = write('policy.yaml', 'loadMax: { cpu: 0.95 }\nimbalanceMax: 1\nreserve: { hosts: 0 }\n');
    const { out } = await run('--fleet', fleet, '--policy', policy);
    assert.equal(out, 'Nothing to recommend.\n');
  });

  test('wrong input gives one sentence and the right exit code', async () => {
    const cases: [string[], number, RegExp][] = [
      [[], 2, /--fleet FILE is missing/],
      [['--fleet', 'none.json'], 1, /none\.json: there is no such file/],
      [['--fleet', write('broken.json', '{"fleet": ')], 1, /broken\.json is no snapshot in JSON/],
      [['--fleet', write('partly.json', { ...hot, hosts: undefined })], 1, /hosts is missing/],
      [
        [
          '--fleet',
          write('negative.json', {
            ...hot,
            hosts: [{ ...hot.hosts[0]!, load: { cpu: -1, mem: 0, net: 0, disk: 0 } }],
          }),
        ],
        1,
        /is no valid snapshot: .*cpu/,
      ],
      [['--fleet', fleet, '--drain', 'h9'], 1, /--drain h9: the fleet has no such host/],
      [
        ['--fleet', fleet, '--policy', write('bad.yaml', 'loadMax: { cpu: 7 }\n')],
        1,
        /bad\.yaml:1: .*cpu.*must be <= 1/,
      ],
      [['--fleet', fleet, '--seed', 'x'], 2, /--seed must be a whole number/],
    ];
    for (const [args, code, message] of cases) {
      const result = await run(...args);
      assert.equal(result.code, code, args.join(' '));
      assert.match(result.errors, message);
      assert.equal(result.out, '');
    }
  });
});
