import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FleetView } from '../../src/api/fleet-view.ts';
import { summarise } from '../../src/api/summarise.ts';
import type { Host } from '../../src/fleet/host.ts';
import { fixtureSnapshot } from './fixture-snapshot.ts';

const energy = { idleWatts: 100, maxWatts: 300, bootSeconds: 60 };

const summaryWith = (change: (host: Host, index: number) => Partial<Host>) => {
  const snapshot = fixtureSnapshot(1);
  const hosts = snapshot.hosts.map((host, index) => ({ ...host, ...change(host, index) }));
  return summarise(new FleetView({ ...snapshot, hosts }, null, 30));
};

test('what is saved is what the hosts that are off would draw idle; not known where none states it', () => {
  assert.equal(summaryWith(() => ({ energy })).savedWatts, null);
  assert.equal(summaryWith(() => ({ power: 'off' })).savedWatts, null);
  const { savedWatts, watts } = summaryWith((_, index) => ({ energy, power: index > 0 ? 'off' : 'on' }));
  assert.equal(savedWatts, 200);
  assert.equal(watts, 100);
});
