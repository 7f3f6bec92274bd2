import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ActError } from '../../src/act/act-error.ts';
import { systemClock } from '../../src/act/clock.ts';
import type { Actor } from '../../src/fleet/actor.ts';
import { awaitsApproval } from '../../src/fleet/migration.ts';
import { actInLab, ada } from './act-in-lab.ts';
import { simulation, uuidOf } from './act-in-simulation.ts';

const ed: Actor = { ...ada, name: 'ed', role: 'operator' };
const move = { uuid: uuidOf(0), to: 'h1', from: 'h0', reason: 'h0 is hot' };

const start = async (t: TestContext) => {
  let late = 0;
  const clock = { ...systemClock, now: () => Date.now() + late };
  const { addresses } = await simulation(t, 3, 3, 32);
  const act = await actInLab(addresses, { clock });
  t.after(() => act.close());
  return {
    act,
    addresses,
    migrations: act.controller.migrations,
    turnClock: (milliseconds: number) => {
      late += milliseconds;
    },
  };
};

const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ActError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

describe('who may ask but not act', { timeout: 60_000 }, () => {
  it('waits until an admin approves, and then it is done; one decision counts', async (t) => {
    const { act, migrations } = await start(t);
    const { id, approval } = await migrations.requestApproval(move, ed, 'k');
    assert.equal(approval?.by, null);
    assert.equal((await migrations.requestApproval(move, ed, 'k')).id, id);
    const waiting = await act.seen(id, ({ waitingFor }) => waitingFor === 'an admin to approve it');
    assert.ok(awaitsApproval(waiting));
    await assert.rejects(migrations.approve(id, ed), refused('role', /ask an admin/));
    await assert.rejects(migrations.reject(id, 'no', ed), refused('role', /ask an admin/));
    await assert.rejects(
      migrations.request({ uuid: move.uuid, to: 'h2' }, ada, null),
      refused('vm-busy', /ed has asked to move vm0 already .* approved or rejected first/),
    );
    const answers = await Promise.allSettled([migrations.approve(id, ada), migrations.approve(id, ada)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const ended = await act.ended(id);
    assert.equal(ended.stage, 'done');
    assert.equal(ended.requestedBy, 'ed');
    assert.equal(ended.approval?.by, 'ada');
    await assert.rejects(migrations.reject(id, 'too late', ada), /is done/);
  });

  it('is rejected with a reason, and the VM is free to be moved at once', async (t) => {
    const { act, migrations } = await start(t);
    const { id } = await migrations.requestApproval(move, ed, null);
    await migrations.reject(id, 'not during the sale', ada);
    const ended = await act.ended(id);
    assert.equal(ended.stage, 'aborted');
    assert.equal(ended.error?.message, 'rejected by ada: not during the sale');
    assert.equal(ended.runsOn, 'h0');
    const next = await migrations.request(move, ada, null);
    assert.equal((await act.ended(next.id)).stage, 'done');
  });

  it('is not carried out in a fleet that has moved on: the admin is told why', async (t) => {
    const { act, migrations } = await start(t);
    const { id } = await migrations.requestApproval(move, ed, null);
    act.fleet.change.hosts.set('h1', { maintenance: true });
    await act.fleet.refresh();
    await assert.rejects(migrations.approve(id, ada), refused('preflight', /vm0 cannot move to h1 now: /));
    act.fleet.change.hosts.clear();
    act.fleet.change.vms.set('vm0', { host: 'h2' });
    await act.fleet.refresh();
    await assert.rejects(
      migrations.approve(id, ada),
      refused('stale-plan', /vm0 is on h2 by now, not on h0/),
    );
    const still = await migrations.get(id);
    assert.ok(still !== null && awaitsApproval(still));
  });

  it('ends by itself when nobody decides in time', async (t) => {
    const { act, migrations, turnClock } = await start(t);
    const { id } = await migrations.requestApproval(move, ed, null);
    turnClock(31 * 60_000);
    const ended = await act.ended(id);
    assert.equal(ended.stage, 'aborted');
    assert.equal(ended.error?.message, 'nobody approved it in time');
  });

  it('still waits after a restart of the collector, and can then be approved', async (t) => {
    const { act, addresses, migrations } = await start(t);
    const { id } = await migrations.requestApproval(move, ed, null);
    await act.controller.stop();
    const again = await actInLab(addresses, { journalFile: act.journalFile });
    try {
      const found = await again.seen(id, ({ waitingFor }) => waitingFor === 'an admin to approve it');
      assert.ok(awaitsApproval(found));
      await again.controller.migrations.approve(id, ada);
      assert.equal((await again.ended(id)).stage, 'done');
      assert.equal((await again.journal.migrations.get(id))?.migration.approval?.by, 'ada');
    } finally {
      await again.close();
    }
  });
});
