import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Lab, startLab } from '@evenkeel/lab';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { recordingIo } from './recording-io.ts';

/** What moves by itself between two reads of a running guest. */
const moving =
  /^(cpu\.(time|user|system|haltpoll)|balloon\.(swap|major|minor|unused|available|usable|last-update|disk_caches|rss)|vcpu\.\d+\.(time|wait|delay|state|halted)|net\.\d+\.[rt]x|block\.\d+\.(rd|wr|fl|allocation|physical))/;

function fields(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line.startsWith('  '));
  return new Map(lines.map((line) => [line.slice(2, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

describe('evenkeel stats beside virsh domstats', { timeout: 400_000 }, () => {
  let lab: Lab;
  before(async () => {
    lab = await startLab({ hosts: 1, vmsPerHost: 1, vm: { diskMiB: 16, vcpus: 2 } });
  });
  after(() => lab.down());

  test('the same names in the same order, the same values where nothing moves', async () => {
    const { uris } = lab.host('h1');
    const io = recordingIo();
    assert.equal(await evenkeel(['stats', uris.tcp, '--vm', 'vm1-1'], io), 0, io.errors());
    const ours = fields(io.out());
    const theirs = fields(await lab.virsh('h1', 'domstats', 'vm1-1'));
    assert.match(io.out(), /^Domain: 'vm1-1'\n/);
    assert.deepEqual([...ours.keys()], [...theirs.keys()]);
    let same = 0;
    for (const [name, value] of theirs) {
      if (moving.test(name)) {
        assert.ok(Number.isFinite(Number(ours.get(name))), name);
      } else {
        assert.equal(ours.get(name), value, name);
        same += 1;
      }
    }
    assert.ok(same >= 15, `only ${same} fields stood still`);
  });

  test('--json carries the same fields', async () => {
    const io = recordingIo();
    assert.equal(await evenkeel(['stats', lab.host('h1').uris.unix, '--json'], io), 0, io.errors());
    const [vm] = JSON.parse(io.out()) as { name: string; stats: Record<string, unknown> }[];
    assert.equal(vm?.name, 'vm1-1');
    assert.equal(vm.stats['balloon.maximum'], '98304');
    assert.equal(vm.stats['vcpu.maximum'], 2);
    assert.equal(vm.stats['block.0.name'], 'vda');
  });

  test('a VM that is not there is named', async () => {
    const io = recordingIo();
    assert.equal(await evenkeel(['stats', lab.host('h1').uris.unix, '--vm', 'nobody'], io), 1);
    assert.match(io.errors(), /has no VM named "nobody"/);
  });
});
