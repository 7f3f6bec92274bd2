import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DomainSeen, JobSeen } from '../../src/act/hypervisor-port.ts';
import { whereabouts, type Sight, type Whereabouts } from '../../src/act/locate-vm.ts';

const seen = (more: Partial<DomainSeen> = {}): DomainSeen => ({
  uuid: 'u',
  name: 'web',
  state: 'running',
  postCopy: 'no',
  pausedByMigration: false,
  arrived: false,
  persistent: true,
  ...more,
});
const job = { kind: 'migration-out' } as JobSeen;
const off = seen({ state: 'shutoff' });
const incoming = seen({ state: 'paused', pausedByMigration: true });

const cases: readonly [string, Sight, Sight, JobSeen | null, Whereabouts][] = [
  ['runs on the target, gone from the source', 'absent', seen(), null, 'moved'],
  ['runs on the target, defined on the source', off, seen(), null, 'moved'],
  ['arrived paused, as its owner left it', 'absent', seen({ state: 'paused' }), null, 'moved'],
  ['runs on the source alone', seen(), 'absent', null, 'stayed'],
  ['runs on the source, defined on the target', seen(), off, null, 'stayed'],
  ['copies', seen(), incoming, job, 'moving'],
  ['copies, the target not asked', seen(), 'unreachable', job, 'moving'],
  ['switches', incoming, incoming, null, 'moving'],
  [
    'in post-copy',
    seen({ state: 'paused', postCopy: 'active', pausedByMigration: true }),
    seen({ postCopy: 'active' }),
    job,
    'moving',
  ],
  [
    'post-copy broke',
    seen({ state: 'paused', postCopy: 'failed', pausedByMigration: true }),
    seen({ postCopy: 'failed' }),
    null,
    'post-copy-broken',
  ],
  [
    'post-copy broke, healed, and the source did not hear of it',
    seen({ state: 'paused', postCopy: 'failed', pausedByMigration: true }),
    seen({ arrived: true }),
    { ...job, bytesRemaining: 0 },
    'husk',
  ],
  [
    'post-copy broke, and somebody paused and resumed the half on the target',
    seen({ state: 'paused', postCopy: 'failed', pausedByMigration: true }),
    seen(),
    { ...job, bytesRemaining: 0 },
    'post-copy-broken',
  ],
  [
    'post-copy broke, and the source has pages left to send',
    seen({ state: 'paused', postCopy: 'failed', pausedByMigration: true }),
    seen({ arrived: true }),
    { ...job, bytesRemaining: 4096 },
    'post-copy-broken',
  ],
  [
    'post-copy broke and the source lost it',
    'absent',
    seen({ postCopy: 'failed' }),
    null,
    'post-copy-broken',
  ],
  ['the source died in post-copy', off, seen({ postCopy: 'active' }), null, 'post-copy-broken'],
  [
    'post-copy broke and the target lost it',
    seen({ state: 'paused', postCopy: 'failed', pausedByMigration: true }),
    'absent',
    null,
    'post-copy-broken',
  ],
  ['runs on both', seen(), seen(), null, 'twice'],
  ['on neither', 'absent', 'absent', null, 'gone'],
  ['shut off where it was', off, 'absent', null, 'stopped'],
  ['crashed', seen({ state: 'crashed' }), 'absent', null, 'stopped'],
  ['the source does not answer', 'unreachable', seen(), null, 'unknown'],
  ['the target does not answer', seen(), 'unreachable', null, 'unknown'],
  ['nobody answers', 'unreachable', 'unreachable', null, 'unknown'],
];

describe('where a VM is, from what both hosts say', () => {
  for (const [name, source, target, running, expected] of cases)
    it(`${name}: ${expected}`, () => {
      assert.equal(whereabouts({ source, target, job: running }), expected);
    });
});
