import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainFailure } from '../../src/act/explain-failure.ts';
import { HostFailure } from '../../src/act/hypervisor-port.ts';

/** libvirt's own words, as measured. */
const cases: readonly [number | null, string, string, boolean][] = [
  [78, "operation aborted: job 'migration out' canceled by client", 'aborted', false],
  [1, 'internal error: client socket is closed', 'target-daemon-lost', true],
  [9, 'operation failed: domain is not running', 'vm-stopped', false],
  [1, 'internal error: qemu unexpectedly closed the monitor', 'target-qemu-died', false],
  [
    1,
    "internal error: qemu unexpectedly closed the monitor: cannot set up guest memory 'pc.ram': Cannot allocate memory",
    'target-memory',
    false,
  ],
  [
    9,
    'operation failed: job failed: Unable to write to socket: Connection reset by peer',
    'target-qemu-died',
    false,
  ],
  [
    9,
    "operation failed: guest CPU doesn't match specification: missing features: avx2",
    'cpu-incompatible',
    false,
  ],
  [
    55,
    'Requested operation is not valid: cannot migrate a domain with non-migratable device',
    'cannot-be-migrated',
    false,
  ],
  [55, 'Migration is disabled when VirtFS export path is mounted', 'cannot-be-migrated', false],
  [55, 'Requested operation is not valid: cannot migrate domain with I/O error', 'guest-disk-error', false],
  [38, "Cannot get interface MTU on 'br9': No such device", 'network-missing', false],
  [81, 'Unsafe migration: Migration without shared storage is unsafe', 'local-disk', false],
  [49, "Storage pool not found: no storage pool with matching target path '/srv'", 'storage-missing', false],
  [9, "operation failed: domain 'web' already exists with uuid 7", 'name-taken', false],
  [1, 'internal error: Attempt to migrate guest to the same host h1', 'same-host', false],
  [
    55,
    "Requested operation is not valid: another migration job is already running for domain 'web'",
    'another-job',
    false,
  ],
  [
    1,
    "internal error: Unable to find an unused port in range 'migration' (49152-49215)",
    'ports-exhausted',
    true,
  ],
  [38, "unable to connect to server at 'h9:16509': Connection refused", 'target-unreachable', true],
  [38, "unable to resolve 'h9': Name or service not known", 'target-unresolved', false],
  [9, 'operation failed: migration failed in post-copy phase', 'post-copy-broken', false],
  [
    55,
    'Requested operation is not valid: cannot abort migration in post-copy mode',
    'post-copy-no-way-back',
    false,
  ],
  [68, 'Timed out during operation: cannot acquire state change lock', 'busy', true],
  [68, 'Timed out during operation', 'busy', true],
  [3, 'something never seen', 'hypervisor', false],
];

describe('what libvirt says, explained', () => {
  for (const [number, message, code, transient] of cases)
    it(`${number}: ${message.slice(0, 70)}`, () => {
      const told = explainFailure(
        new HostFailure('h1', message, { unreachable: false, libvirtCode: number }),
      );
      assert.equal(told.code, code);
      assert.equal(told.transient, transient);
      assert.ok(told.advice.length > 10);
    });

  it('a broken connection says nothing about the VM, and may be tried once more', () => {
    const told = explainFailure(new HostFailure('h1', 'closed', { unreachable: true, libvirtCode: null }));
    assert.equal(told.code, 'source-daemon-lost');
    assert.equal(told.transient, true);
  });
});
