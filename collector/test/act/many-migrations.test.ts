import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Migration } from '../../src/fleet/migration.ts';
import { actInLab, ada } from './act-in-lab.ts';
import { simulation, uuidOf } from './act-in-simulation.ts';

const hosts = 100;
const count = 200;
const limits = { perHost: 2, perLink: 2, total: 60, perPlan: 50, linkBusy: 0.7 };
const roomy = {
  cpuCores: 64,
  memBytes: 64 * 2 ** 30,
  nicBitsPerSecond: 10e9,
  diskBytesPerSecond: null,
};
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapInUse = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};
const underWay = new Set(['checking', 'reserved', 'copying', 'switching']);

it(
  '200 migrations at once on 100 hosts: limits hold, none is lost, none is done twice, the order is fair, nothing stays',
  { timeout: 115_000 },
  async (t) => {
    const { simulated, addresses } = await simulation(t, hosts, count, 16);
    const act = await actInLab(addresses);
    t.after(() => act.close());
    for (const name of addresses.keys()) act.fleet.change.hosts.set(name, { capacity: roomy });
    await act.fleet.refresh();
    act.fleet.change.policy = { ...act.fleet.change.policy, limits };

    const heapBefore = heapInUse();
    const log: Migration[] = [];
    act.controller.subscribe((event) => {
      if (event.type === 'migration') log.push(event.migration);
    });
    // Everybody to a neighbour, but every fortieth to one host that all want.
    const targetOf = (vm: number) => (vm % 40 === 0 ? 'h99' : `h${(vm + 1) % hosts}`);
    const asked = await Promise.all(
      Array.from({ length: count }, (_, vm) =>
        act.controller.migrations.request(
          { uuid: uuidOf(vm), to: targetOf(vm), priority: vm < 10 ? 1 : 3 },
          ada,
          `k${vm}`,
        ),
      ),
    );
    const ended = await Promise.all(asked.map(({ id }) => act.ended(id, 110_000)));

    const running = new Map<string, Migration>();
    let most = 0;
    const startOrder: string[] = [];
    for (const migration of log) {
      if (underWay.has(migration.stage)) {
        if (!running.has(migration.id)) startOrder.push(migration.id);
        running.set(migration.id, migration);
      } else running.delete(migration.id);
      most = Math.max(most, running.size);
      assert.ok(running.size <= limits.total, `${running.size} at once`);
      for (const host of [migration.from, migration.to]) {
        const here = [...running.values()].filter(({ from, to }) => from === host || to === host).length;
        assert.ok(here <= limits.perHost, `${here} at once on ${host}`);
      }
    }
    assert.ok(most > 30, `the limit is used, not only kept: ${most} at once`);

    const done = ended.filter(({ stage }) => stage === 'done');
    assert.equal(done.length, count, JSON.stringify(ended.find(({ stage }) => stage !== 'done')?.error));
    assert.equal(new Set(startOrder).size, startOrder.length, 'none was started twice');
    for (const [vm, migration] of ended.entries()) {
      assert.equal(simulated.fleet.locate(uuidOf(vm)).host.plan.name, targetOf(vm));
      assert.equal(migration.runsOn, targetOf(vm));
    }
    assert.equal(act.controller.reservations().length, 0);
    assert.equal((await act.controller.migrations.list({ active: true, limit: 9, offset: 0 })).total, 0);

    // Fair: on the host that all want, whoever asked first comes first, but for the urgent ones.
    const wanted = asked.filter(({ to, priority }) => to === 'h99' && priority === 3).map(({ id }) => id);
    assert.deepEqual(
      startOrder.filter((id) => wanted.includes(id)),
      wanted,
    );
    // Steady: nothing of a migration stays but its line in the journal.
    log.length = 0;
    const grown = heapInUse() - heapBefore;
    assert.ok(grown < 40 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MiB more in use than before`);
    // To each host one connection of the controller and one of the test, each with both its ends in this process.
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    while (sockets() > 4 * hosts) await setImmediate();
    const listed = await act.controller.migrations.list({ limit: 1000, offset: 0 });
    assert.equal(listed.total, count);
  },
);
