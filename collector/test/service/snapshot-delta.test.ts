import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FleetView } from '../../src/api/fleet-view.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import { DeltaMaker } from '../../src/service/snapshot-delta.ts';
import { fixtureSnapshot } from '../api/fixture-snapshot.ts';

const view = (snapshot: Snapshot) => new FleetView(snapshot, null, 30);
const first = fixtureSnapshot(1_800_000_000_000);

test('the first delta is everything, the next only what changed, and what went is named', () => {
  const deltas = new DeltaMaker();
  assert.equal(deltas.hosts(view(first)).hosts.length, 3);
  assert.equal(deltas.vms(view(first)).rows.length, 6);
  assert.deepEqual(deltas.hosts(view({ ...first, sequence: 8 })), {
    at: first.at,
    sequence: 8,
    hosts: [],
    removed: [],
  });
  const changed = {
    ...first,
    hosts: first.hosts.slice(0, 2).map((host) => ({
      ...host,
      load: { ...host.load, cpu: host.name === 'host-1' ? 0.9 : host.load.cpu },
    })),
    vms: first.vms.slice(1),
  };
  const hosts = deltas.hosts(view(changed));
  assert.deepEqual(
    hosts.hosts.map(({ name }) => name),
    ['host-0', 'host-1'],
    'one has a VM less, one another load',
  );
  assert.deepEqual(hosts.removed, ['host-2']);
  const vms = deltas.vms(view(changed));
  assert.deepEqual([vms.rows.length, vms.removed], [0, [first.vms[0]!.uuid]]);
});

test('a VM is told of again when its load has crept by a hundredth in all, not at every step', () => {
  const deltas = new DeltaMaker();
  const creeping = (cpu: number): Snapshot => ({
    ...first,
    vms: first.vms.slice(0, 1).map((vm) => ({ ...vm, load: { ...vm.load, cpu } })),
  });
  const rows = [0.5, 0.504, 0.508, 0.511].map((cpu) => deltas.vms(view(creeping(cpu))).rows.length);
  assert.deepEqual(rows, [1, 0, 0, 1]);
  const unknown = {
    ...creeping(0),
    vms: first.vms.slice(0, 1).map((vm) => ({ ...vm, load: { ...vm.load, cpu: null } })),
  };
  assert.equal(deltas.vms(view(unknown)).rows.length, 1, 'not known is a change');
});
