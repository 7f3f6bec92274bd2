import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { ActError } from '../../src/act/act-error.ts';
import { systemClock } from '../../src/act/clock.ts';
import type { Actor } from '../../src/fleet/actor.ts';
import type { Recommendation } from '../../src/fleet/recommendation.ts';
import { actInLab, ada } from './act-in-lab.ts';
import { simulation, uuidOf } from './act-in-simulation.ts';

const bob: Actor = { ...ada, name: 'bob' };
const guest: Actor = { ...ada, name: 'eve', role: 'viewer' };

const start = async (t: TestContext, vms = 3, memMib = 32, more: Parameters<typeof actInLab>[1] = {}) => {
  const { simulated, addresses } = await simulation(t, 3, vms, memMib);
  const act = await actInLab(addresses, more);
  t.after(() => act.close());
  return { simulated, act, migrations: act.controller.migrations };
};

const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ActError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
  return true;
};

const advice = (id: string, expiresAt: number, uuid: string): Recommendation => ({
  id,
  kind: 'balance',
  priority: 3,
  reason: '',
  findings: [],
  moves: [
    {
      uuid,
      vm: 'vm0',
      from: 'h0',
      to: 'h1',
      wave: 0,
      forecast: {
        bytes: { value: 1, low: 1, high: 1 },
        seconds: { value: 1, low: 1, high: 1 },
        downtimeSeconds: { value: 1, low: 1, high: 1 },
        rounds: 1,
        converges: true,
        strategy: 'pre-copy',
        copiesDisks: false,
        reason: '',
      },
    },
  ],
  power: [],
  effects: [],
  cost: { bytes: 1, seconds: 1, downtimeSeconds: 1 },
  gain: 1,
  ifIgnored: '',
  alternatives: [],
  createdAt: 0,
  expiresAt,
  snapshotSequence: 1,
});

describe('when the world moves while somebody decides', { timeout: 60_000 }, () => {
  it('two operators press the button on one VM at once: one wins, the other is told who', async (t) => {
    const { act, migrations } = await start(t);
    const answers = await Promise.allSettled([
      migrations.request({ uuid: uuidOf(0), to: 'h1' }, ada, 'a'),
      migrations.request({ uuid: uuidOf(0), to: 'h2' }, bob, 'b'),
    ]);
    const won = answers.filter((answer) => answer.status === 'fulfilled');
    const lost = answers.filter((answer) => answer.status === 'rejected');
    assert.equal(won.length, 1);
    refused('vm-busy', new RegExp(`already \\(migration ${won[0]!.value.id}\\)`))(lost[0]!.reason);
    const ended = await act.ended(won[0]!.value.id);
    assert.equal(ended.stage, 'done');
    assert.equal((await migrations.list({ limit: 9, offset: 0 })).total, 1);
    await act.controller.stop();
    const [line] = await act.journal.audit.list({ limit: 9, offset: 0 });
    assert.equal(line?.action, 'migration.end');
    assert.equal(line.who, won[0]!.value.requestedBy);
    assert.equal(line.outcome, 'done');
  });

  it('one operator presses twice: it is done once, also when asked again after it was done', async (t) => {
    const { act, migrations } = await start(t);
    const request = { uuid: uuidOf(0), to: 'h1', from: 'h0' };
    const [one, two] = await Promise.all([
      migrations.request(request, ada, 'k'),
      migrations.request(request, ada, 'k'),
    ]);
    assert.equal(one.id, two.id);
    await act.ended(one.id);
    await act.fleet.refresh();
    const late = await migrations.request(request, ada, 'k');
    assert.equal(late.id, one.id);
    assert.equal(late.stage, 'done');
    await assert.rejects(
      migrations.request({ ...request, to: 'h2' }, ada, 'k'),
      refused('key-reused', /new key/),
    );
  });

  it('a plan is stale: its VM moved, it expired, it was superseded, it says something else', async (t) => {
    const { act, migrations } = await start(t);
    const uuid = uuidOf(0);
    await assert.rejects(
      migrations.request({ uuid, to: 'h1', from: 'h2' }, ada, null),
      refused('stale-plan', /vm0 is on h0 by now, not on h2/),
    );
    await assert.rejects(
      migrations.request({ uuid, to: 'h1', recommendation: 'r1' }, ada, null),
      refused('stale-plan', /does not stand any more/),
    );
    act.fleet.change.recommendations = [advice('r1', Date.now() - 1, uuid)];
    await assert.rejects(
      migrations.request({ uuid, to: 'h1', recommendation: 'r1' }, ada, null),
      refused('stale-plan', /expired/),
    );
    act.fleet.change.recommendations = [advice('r1', Date.now() + 60_000, uuid)];
    await assert.rejects(
      migrations.request({ uuid, to: 'h2', recommendation: 'r1' }, ada, null),
      refused('stale-plan', /does not move vm0 from h0 to h2/),
    );
    const { id } = await migrations.request({ uuid, to: 'h1', recommendation: 'r1' }, ada, null);
    assert.equal((await act.ended(id)).stage, 'done');
  });

  it('a plan expires while its dialog is open: what was allowed is refused', async (t) => {
    let late = 0;
    const clock = { ...systemClock, now: () => Date.now() + late };
    const { act, migrations } = await start(t, 3, 32, { clock });
    act.fleet.change.recommendations = [advice('r1', Date.now() + 3_600_000, uuidOf(0))];
    const request = { uuid: uuidOf(0), to: 'h1', recommendation: 'r1' };
    assert.equal((await migrations.preflight(request, ada)).allowed, true);
    late = 3_700_000;
    await assert.rejects(migrations.preflight(request, ada), refused('stale-plan', /expired/));
    await assert.rejects(migrations.request(request, ada, null), refused('stale-plan', /expired/));
    assert.equal((await migrations.list({ limit: 9, offset: 0 })).total, 0);
  });

  it('the VM was renamed since the last look: refused, and its new name is said', async (t) => {
    const { simulated, act, migrations } = await start(t);
    Object.assign(simulated.fleet.locate(uuidOf(0)).vm.plan, { name: 'shop' });
    const ended = await act.ended((await migrations.request({ uuid: uuidOf(0), to: 'h1' }, ada, null)).id);
    assert.deepEqual([ended.stage, ended.error?.code, ended.runsOn], ['failed', 'preflight', 'h0']);
    assert.match(ended.error?.message ?? '', /vm0 is called shop now/);
    assert.match(ended.error?.advice ?? '', /under its new name/);
    assert.deepEqual(act.controller.reservations(), []);
  });

  it('the VM was paused since the last look: it moves, and stays paused', async (t) => {
    const { simulated, act, migrations } = await start(t);
    const before = simulated.fleet.locate(uuidOf(0));
    simulated.fleet.pause(before.vm, before.host);
    const ended = await act.ended((await migrations.request({ uuid: uuidOf(0), to: 'h1' }, ada, null)).id);
    assert.equal(ended.stage, 'done', JSON.stringify(ended.error));
    const { vm, host } = simulated.fleet.locate(uuidOf(0));
    assert.deepEqual([host.plan.name, vm.isRunning], ['h1', false]);
  });

  it('a viewer may look, and only look', async (t) => {
    const { migrations } = await start(t);
    const request = { uuid: uuidOf(0), to: 'h1' };
    assert.equal((await migrations.preflight(request, guest)).allowed, true);
    await assert.rejects(migrations.request(request, guest, null), refused('role', /eve may look/));
  });

  it('names what is not there', async (t) => {
    const { migrations } = await start(t);
    await assert.rejects(
      migrations.request({ uuid: 'nobody', to: 'h1' }, ada, null),
      refused('no-such-vm', /no VM "nobody"/),
    );
    await assert.rejects(
      migrations.request({ uuid: uuidOf(0), to: 'h9' }, ada, null),
      refused('no-such-host', /"h9"/),
    );
    await assert.rejects(
      migrations.request({ uuid: uuidOf(0), to: 'h0' }, ada, null),
      refused('same-host', /on h0 already/),
    );
    await assert.rejects(migrations.abort('m-0', null, ada), refused('no-such-migration', /m-0/));
  });

  it('the VM was shut down, paused, deleted or moved since the last look: the hosts are asked', async (t) => {
    const { simulated, act, migrations } = await start(t);
    const { vm, host } = simulated.fleet.locate(uuidOf(0));
    simulated.fleet.stop(vm, host);
    const off = await act.ended((await migrations.request({ uuid: uuidOf(0), to: 'h1' }, ada, null)).id);
    assert.equal(off.stage, 'failed');
    assert.equal(off.error?.code, 'preflight');
    assert.match(off.error.message, /vm0 is (shutoff|not on h0 any more)/);
    assert.deepEqual(act.controller.reservations(), []);

    const deleted = simulated.fleet.locate(uuidOf(1));
    deleted.host.vms.delete(deleted.vm.plan.uuid);
    const gone = await act.ended((await migrations.request({ uuid: uuidOf(1), to: 'h2' }, ada, null)).id);
    assert.equal(gone.stage, 'failed');
    assert.match(gone.error?.message ?? '', /vm1 is not on h1 any more/);
  });

  it('the target stops answering meanwhile', async (t) => {
    const { simulated, act, migrations } = await start(t);
    simulated.server('h1').close();
    const ended = await act.ended((await migrations.request({ uuid: uuidOf(0), to: 'h1' }, ada, null)).id);
    assert.equal(ended.stage, 'failed');
    assert.equal(ended.runsOn, 'h0');
    const { checks, allowed } = await migrations.preflight({ uuid: uuidOf(2), to: 'h1' }, ada);
    assert.equal(allowed, false);
    assert.ok(checks.some(({ check, outcome }) => check === 'target-alive' && outcome === 'failed'));
  });

  it('the target is drained meanwhile: requests are refused, and those that wait fail their check', async (t) => {
    const { act, migrations } = await start(t);
    act.fleet.change.drainPlan = (host) => ({
      moves:
        host === 'h1' ? [{ ...advice('x', 0, uuidOf(1)).moves[0]!, vm: 'vm1', from: 'h1', to: 'h2' }] : [],
      stays: [],
    });
    act.fleet.change.policy = {
      ...act.fleet.change.policy,
      limits: { ...act.fleet.change.policy.limits, total: 1 },
    };
    const first = await migrations.request({ uuid: uuidOf(2), to: 'h0' }, ada, null);
    const waiting = await migrations.request({ uuid: uuidOf(0), to: 'h1' }, ada, null);
    const drain = await act.controller.drains.start({ host: 'h1' }, ada, null);
    await assert.rejects(
      migrations.request({ uuid: uuidOf(0), to: 'h1' }, bob, null),
      refused('target-draining', /h1 is being emptied/),
    );
    assert.equal((await act.ended(first.id)).stage, 'done');
    const ended = await act.ended(waiting.id);
    assert.equal(ended.stage, 'failed');
    assert.match(ended.error?.message ?? '', /h1 is being emptied/);
    assert.equal((await act.controller.drains.get(drain.id))?.host, 'h1');
  });

  it('two moves cannot both count on the last room of a target', async (t) => {
    const { act, migrations } = await start(t, 6);
    act.fleet.change.hosts.set('h2', {
      capacity: {
        cpuCores: 8,
        memBytes: 536_870_912 + 3.5 * 32 * 2 ** 20,
        nicBitsPerSecond: 1e10,
        diskBytesPerSecond: null,
      },
    });
    await act.fleet.refresh();
    const asked = await Promise.all(
      [0, 1].map((vm) => migrations.request({ uuid: uuidOf(vm), to: 'h2' }, ada, null)),
    );
    const ended = await Promise.all(asked.map(({ id }) => act.ended(id)));
    assert.deepEqual(ended.map(({ stage }) => stage).sort(), ['done', 'failed']);
    assert.match(
      ended.find(({ stage }) => stage === 'failed')?.error?.message ?? '',
      /memory that VMs may grow to/,
    );
  });

  it('says everything that is wrong at once, with what to do about each', async (t) => {
    const { act, migrations } = await start(t);
    act.fleet.change.hosts.set('h1', {
      neverTarget: true,
      load: { cpu: 0.1, mem: 0.1, net: 0.95, disk: 0 },
      capacity: { cpuCores: 1, memBytes: 2 ** 28, nicBitsPerSecond: 1e10, diskBytesPerSecond: null },
    });
    await act.fleet.refresh();
    const { allowed, checks, effects, forecast } = await migrations.preflight(
      { uuid: uuidOf(0), to: 'h1' },
      ada,
    );
    assert.equal(allowed, false);
    const failed = checks.filter(({ outcome }) => outcome === 'failed');
    assert.deepEqual(failed.map(({ check }) => check).sort(), [
      'constraint-host-never-target',
      'constraint-memory',
      'link',
    ]);
    assert.ok(failed.every(({ advice: todo }) => todo !== null));
    assert.deepEqual(
      effects.map(({ vmsBefore, vmsAfter }) => vmsAfter - vmsBefore).sort((a, b) => a - b),
      [-1, 1],
    );
    assert.ok(forecast !== null);
  });
});

describe('a drain', { timeout: 60_000 }, () => {
  const planOf = (
    vms: readonly number[],
    from: string,
    targets: readonly string[],
    waves: readonly number[],
  ) =>
    vms.map((vm, index) => ({
      ...advice('x', 0, uuidOf(vm)).moves[0]!,
      vm: `vm${vm}`,
      from,
      to: targets[index]!,
      wave: waves[index]!,
    }));
  const drainEnds = (act: Awaited<ReturnType<typeof start>>['act'], id: string) =>
    new Promise<NonNullable<Awaited<ReturnType<typeof act.controller.drains.get>>>>((resolve) => {
      const unsubscribe = act.controller.subscribe((event) => {
        if (event.type !== 'drain' || event.drain.id !== id || event.drain.endedAt === null) return;
        unsubscribe();
        resolve(event.drain);
      });
    });
  const emptying = (act: Awaited<ReturnType<typeof start>>['act']) => {
    act.fleet.change.drainPlan = (host) => {
      const here = (act.fleet.snapshot()?.vms ?? []).filter((vm) => vm.host === host);
      const targets = ['h0', 'h1', 'h2'].filter((name) => name !== host);
      return {
        moves: here.map((vm, index) => ({
          ...advice('x', 0, vm.uuid).moves[0]!,
          vm: vm.name,
          from: host,
          to: targets[index % 2]!,
          wave: Math.floor(index / 2),
        })),
        stays: [],
      };
    };
    act.controller.subscribe((event) => {
      if (event.type === 'migration' && event.migration.stage === 'done') void act.fleet.refresh();
    });
  };

  it('empties a host wave by wave and keeps it from being filled again', async (t) => {
    const { simulated, act } = await start(t, 9);
    emptying(act);
    const drain = await act.controller.drains.start({ host: 'h0', reason: 'new disks' }, ada, 'd');
    assert.equal(drain.waves, 2);
    assert.equal(
      (await act.controller.drains.start({ host: 'h0', reason: 'new disks' }, ada, 'd')).id,
      drain.id,
    );
    await assert.rejects(
      act.controller.drains.start({ host: 'h0' }, bob, null),
      refused('drain-under-way', /already/),
    );
    const ended = await drainEnds(act, drain.id);
    assert.equal(ended.state, 'done', ended.cause ?? '');
    assert.equal(ended.migrations.length, 3);
    assert.equal(simulated.fleet.host('h0').vms.size, 0);
    assert.ok(act.controller.drainingHosts().has('h0'));
    await act.controller.drains.cancel(drain.id, ada);
    assert.ok(!act.controller.drainingHosts().has('h0'), 'back in service');
  });

  it('pauses, goes on, and can be cancelled', async (t) => {
    const { simulated, act } = await start(t, 9);
    emptying(act);
    act.fleet.change.policy = {
      ...act.fleet.change.policy,
      limits: { ...act.fleet.change.policy.limits, total: 1 },
    };
    const { id } = await act.controller.drains.start({ host: 'h0' }, ada, null);
    const paused = await act.controller.drains.pause(id, ada);
    assert.equal(paused.state, 'paused');
    // What already runs finishes; nothing else starts.
    await Promise.all(
      (await act.controller.migrations.list({ active: true, limit: 9, offset: 0 })).items
        .filter(({ stage }) => stage !== 'requested')
        .map((migration) => act.ended(migration.id)),
    );
    const left = simulated.fleet.host('h0').vms.size;
    assert.ok(left >= 2);
    const resumedEnd = drainEnds(act, id);
    await act.controller.drains.resume(id, ada);
    await new Promise<void>((resolve) => {
      const unsubscribe = act.controller.subscribe((event) => {
        if (event.type !== 'migration' || event.migration.stage !== 'done') return;
        unsubscribe();
        resolve();
      });
    });
    await act.controller.drains.cancel(id, ada);
    assert.equal((await resumedEnd).state, 'cancelled');
    await assert.rejects(act.controller.drains.resume(id, ada), refused('wrong-state', /is cancelled/));
  });

  it('stops when the world changed, and can go on with a new plan', async (t) => {
    const { act, migrations } = await start(t, 9);
    act.fleet.change.drainPlan = () => ({ moves: planOf([0, 3], 'h0', ['h1', 'h1'], [0, 1]), stays: [] });
    // Somebody else moves the VM of the second wave before its turn.
    await act.ended((await migrations.request({ uuid: uuidOf(3), to: 'h2' }, bob, null)).id);
    const drainEnded = (async () => {
      const { id } = await act.controller.drains.start({ host: 'h0' }, ada, null);
      const ended = drainEnds(act, id);
      await act.fleet.refresh();
      return ended;
    })();
    const stopped = await drainEnded;
    assert.equal(stopped.state, 'stopped');
    assert.match(stopped.cause ?? '', /the world changed: vm3 is on h2 by now, not on h0/);
    emptying(act);
    await act.fleet.refresh();
    const ended = drainEnds(act, stopped.id);
    await act.controller.drains.resume(stopped.id, ada);
    assert.equal((await ended).state, 'done');
  });
});
