import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { LibvirtClient } from '@evenkeel/libvirt';
import { systemClock } from '../../src/fleet/clock.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import { Observer } from '../../src/observe/observer.ts';
import { planFleet } from '../../src/simulate/fleet-plan.ts';
import { createSimClock } from '../../src/simulate/sim-clock.ts';
import { SimulatedFleet } from '../../src/simulate/simulated-fleet.ts';

test(
  'of 20 hosts 6 lose their power and 1 hangs: they are stale with what was known, the others go on, all come back',
  { timeout: 110_000 },
  async (t) => {
    const simulated = await SimulatedFleet.start(planFleet({ hosts: 20, vms: 80, seed: 4 }), {
      clock: createSimClock(Date.now),
    });
    t.after(() => {
      simulated.stop();
    });
    const observer = new Observer({
      fleet: 'faulty',
      hosts: [...simulated.uris()].map(([name, uri]) => ({
        name,
        uri,
        groups: [],
        priority: 50,
        labels: {},
        maintenance: false,
        neverTarget: false,
      })),
      rules: [],
      polling: {
        intervalMs: 1000,
        deadlineMs: 1000,
        sharedStorage: [],
        dirtyRate: { enabled: false, everyMs: 60_000, sampleSeconds: 1, perHost: 1 },
      },
      staleMs: 3000,
      clock: systemClock,
      connect: (config, onRetryFailed) =>
        new LibvirtClient(config.uri!, { onRetryFailed, reconnect: { firstMs: 50, maxMs: 500 } }),
      log: () => undefined,
    });
    observer.start();
    t.after(() => {
      observer.stop();
    });
    const until = async (holds: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
      for (;;) {
        const [snapshot] = (await once(observer, 'snapshot')) as [Snapshot];
        if (holds(snapshot)) return snapshot;
      }
    };
    const measured = (snapshot: Snapshot, since: number): boolean =>
      snapshot.hosts.every(({ freshness, sampledAt }) => freshness === 'fresh' && (sampledAt ?? 0) > since) &&
      snapshot.vms.length === 80 &&
      snapshot.vms.every(({ freshness, load }) => freshness === 'fresh' && load.cpu !== null);

    const before = await until((snapshot) => measured(snapshot, 0));
    const names = before.hosts.map(({ name }) => name);
    const dead = names.slice(0, 6);
    const hung = names[6]!;
    const away = new Set([...dead, hung]);
    for (const name of dead) simulated.server(name).die();
    simulated.server(hung).hang();
    const struckAt = Date.now();

    const during = await until(({ hosts }) =>
      hosts.every(({ name, freshness, sampledAt, trouble }) =>
        // What is wrong is known only after a poll has failed, which may be after the values grew stale.
        away.has(name)
          ? freshness === 'stale' && trouble.length > 0
          : freshness === 'fresh' && (sampledAt ?? 0) > struckAt,
      ),
    );
    const homes = (snapshot: Snapshot) => new Map(snapshot.vms.map(({ uuid, host }) => [uuid, host]));
    assert.deepEqual(homes(during), homes(before), 'every VM is still told, where it was');
    for (const { host, freshness, sampledAt, load, memory } of during.vms) {
      assert.equal(freshness, away.has(host) ? 'stale' : 'fresh');
      assert.ok(load.cpu !== null && memory.currentBytes > 0, 'with its last values');
      if (away.has(host)) assert.ok(sampledAt !== null && sampledAt <= struckAt + 1000);
    }
    for (const { name, capacity, load } of during.hosts)
      assert.ok(capacity.cpuCores > 0 && load.cpu !== null, `${name} keeps what was known of it`);

    for (const name of dead) await simulated.server(name).revive();
    simulated.server(hung).wake();
    const backAt = Date.now();
    const after = await until((snapshot) => measured(snapshot, backAt));
    assert.deepEqual(homes(after), homes(before));
  },
);
