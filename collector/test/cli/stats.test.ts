import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statsCommand } from '../../src/cli/stats.ts';
import { evenkeel } from '../../src/cli/evenkeel.ts';
import { recordingIo } from './recording-io.ts';

const registry = { stats: () => Promise.resolve(statsCommand) };

for (const [what, args, code, words] of [
  ['no URI', ['stats'], 2, /URI is missing/],
  ['a URI too many', ['stats', 'qemu:///system', 'qemu:///session'], 2, /one argument too many/],
  ['no URI at all', ['stats', 'host1'], 1, /"host1" is not a usable libvirt URI: it should look like/],
  [
    'nobody there',
    ['stats', 'qemu:///system?socket=/nonexistent/sock'],
    1,
    /cannot connect to the unix socket/,
  ],
] as const) {
  test(`${what}: one clear sentence`, async () => {
    const io = recordingIo();
    assert.equal(await evenkeel(args, io, registry), code);
    assert.match(io.errors(), words);
    assert.equal(io.out(), '');
  });
}

test('half a credential is refused before anything is opened', async () => {
  const io = recordingIo({ env: { EVENKEEL_LIBVIRT_USER: 'admin' } });
  assert.equal(await evenkeel(['stats', 'qemu:///system'], io, registry), 2);
  assert.match(io.errors(), /go together/);
});
