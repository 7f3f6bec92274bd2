import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostRecord, VmRecord } from '../../src/experiment/cloudsim-sla.ts';

test('an entry stands until the next; the last of one moment counts', () => {
  const record = new HostRecord();
  record.note(300, 10, 20, true);
  record.note(300, 20, 20, true);
  record.note(600, 10, 20, true);
  record.note(700, 20, 20, true);
  record.note(900, 0, 0, false);
  record.note(1000, 0, 0, false);
  record.finish();
  assert.equal(record.activeSeconds, 600);
  assert.equal(record.violatedSeconds, 100);
  assert.equal(record.shutdowns, 1);
});

test('a host that never ran counts as one shutdown', () => {
  const record = new HostRecord();
  record.note(300, 0, 0, false);
  record.finish();
  assert.equal(record.shutdowns, 1);
  assert.equal(record.activeSeconds, 0);
});

test('MIPS that a VM misses are a loss to migration only while it migrates', () => {
  const record = new VmRecord();
  record.note(0, 90, 100, true);
  record.note(10, 80, 100, false);
  record.note(20, 100, 100, false);
  record.note(30, 100, 100, false);
  assert.equal(record.requestedMi, 3000);
  assert.equal(record.grantedMi, 2700);
  assert.equal(record.lostToMigrationMi, 100);
});
