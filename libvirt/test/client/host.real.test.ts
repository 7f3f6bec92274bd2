import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '@evenkeel/lab';
import {
  connectGetHostname,
  connectGetLibVersion,
  type DomainRef,
  domainGetState,
  domainMigrateSetMaxSpeed,
  domainAbortJob,
  domainResume,
  domainStartDirtyRateCalc,
  domainSuspend,
  flattenDomainStats,
  type JobStats,
  LibvirtClient,
  LibvirtError,
  Lifecycle,
  MigrateFlag,
  nodeGetInfo,
  qemuMonitorCommand,
  StatsGroup,
} from '../../src/index.ts';
import { eventsUntil } from '../lab-events.ts';

const { live, persistDestination, undefineSource } = MigrateFlag;
const keepDefinition = live | persistDestination | undefineSource;

describe('two real hosts', { timeout: 800_000 }, () => {
  let lab: Lab;
  let h1: LibvirtClient;
  let h2: LibvirtClient;

  before(async () => {
    lab = await startLab({
      hosts: 2,
      vmsPerHost: 2,
      tls: true,
      vm: { load: { mem: 1, set: 4 } },
    });
    h1 = await LibvirtClient.connect(lab.host('h1').uris.tls!);
    h2 = await LibvirtClient.connect(lab.host('h2').uris.tcp);
  });
  after(async () => {
    h1.close();
    h2.close();
    await lab.down();
  });

  async function domain(client: LibvirtClient, name: string): Promise<DomainRef> {
    const dom = (await client.listDomains()).find((each) => each.name === name);
    assert.ok(dom, `${name} is not on ${client.uri.host}`);
    return dom;
  }

  test('what the host is', async () => {
    const info = await h1.call(nodeGetInfo, undefined);
    assert.equal(info.model, 'x86_64');
    assert.ok(info.memory > 1_000_000n && info.cpus > 0);
    assert.ok((await h1.call(connectGetLibVersion, undefined)).libVer >= 9_000_000n);
    const cpu = await h1.nodeCpuStats();
    assert.ok(cpu.user! > 0n && cpu.idle! > 0n);
    const memory = await h1.nodeMemoryStats();
    assert.equal(memory.total, info.memory);
  });

  test('statistics: all groups, one group, one domain; they move', async () => {
    const all = await h1.domainStats();
    assert.deepEqual(all.map(({ domain: { name } }) => name).sort(), ['vm1-1', 'vm1-2']);
    const first = all.find(({ domain: { name } }) => name === 'vm1-1')!;
    assert.equal(first.state?.state, 1);
    assert.equal(first.balloon?.maximum, 98304n);
    assert.equal(first.vcpu?.list.length, 1);
    assert.equal(first.net?.list[0]?.name?.startsWith('vnet'), true);
    assert.deepEqual(first.other, []);

    const [cpuOnly] = await h1.domainStats({ groups: StatsGroup.cpuTotal, domains: [first.domain] });
    assert.equal(cpuOnly!.state, undefined);
    assert.ok(cpuOnly!.cpu!.time! >= first.cpu!.time!);
    await lab.order('vm1-1', { cpu: 60 });
    let busier = cpuOnly!;
    while (busier.cpu!.time! - cpuOnly!.cpu!.time! < 200_000_000n) {
      await sleep(100);
      [busier] = (await h1.domainStats({ groups: StatsGroup.cpuTotal, domains: [first.domain] })) as [
        typeof busier,
      ];
    }
    await lab.order('vm1-1', { cpu: 5 });
  });

  test('the dirty rate of a guest', async () => {
    const dom = await domain(h1, 'vm1-1');
    await h1.call(domainStartDirtyRateCalc, { dom, seconds: 1, flags: 0 });
    for (;;) {
      const [stats] = await h1.domainStats({ groups: StatsGroup.dirtyRate, domains: [dom] });
      if (stats?.dirtyRate?.calcStatus === 2) {
        assert.ok(stats.dirtyRate.megabytesPerSecond! >= 0n);
        assert.equal(stats.dirtyRate.calcPeriod, 1);
        assert.equal(stats.dirtyRate.calcMode, 'page-sampling');
        return;
      }
      await sleep(100);
    }
  });

  test("QEMU's own monitor", async () => {
    const dom = await domain(h1, 'vm1-1');
    const { result } = await h1.call(qemuMonitorCommand, {
      dom,
      cmd: '{"execute":"query-status"}',
      flags: 0,
    });
    assert.equal((JSON.parse(result) as { return: { status: string } }).return.status, 'running');
  });

  test('life cycle events', async () => {
    const events = await h1.events({ kinds: ['lifecycle'] });
    const dom = await domain(h1, 'vm1-2');
    await h1.call(domainSuspend, { dom });
    assert.equal((await h1.call(domainGetState, { dom, flags: 0 })).state, 3);
    await h1.call(domainResume, { dom });
    const seen = await eventsUntil(events, (e) => e.kind === 'lifecycle' && e.event === Lifecycle.resumed);
    assert.deepEqual(
      seen.map((e) => e.kind === 'lifecycle' && [e.domain.name, e.event]),
      [
        ['vm1-2', Lifecycle.suspended],
        ['vm1-2', Lifecycle.resumed],
      ],
    );
    events.close();
  });

  test('a migration with progress, a speed change, iterations and final figures', async () => {
    const dom = await domain(h1, 'vm1-1');
    const events = await h1.events();
    const done = h1.migrate(dom, {
      destination: 'qemu+tls://h2/system',
      flags: keepDefinition,
      bandwidth: 8n,
    });
    const progress: JobStats[] = [];
    let sped = false;
    const finished = done.then(() => true);
    while (!(await Promise.race([finished, sleep(50, false)]))) {
      const job = await h1.jobStats(dom).catch((error: unknown) => {
        // The domain leaves between two looks.
        assert.ok(error instanceof LibvirtError && error.libvirt !== undefined, String(error));
        return undefined;
      });
      if (job?.memoryProcessed === undefined || job.memoryProcessed === 0n) continue;
      progress.push(job);
      if (sped || progress.length < 3) continue;
      sped = true;
      await h1.call(domainMigrateSetMaxSpeed, { dom, bandwidth: 1000n, flags: 0 });
    }
    assert.ok(sped, 'the speed was changed on the way');
    assert.equal(progress[0]!.operation, 5);
    const processed = progress.map(({ memoryProcessed }) => memoryProcessed!);
    assert.ok(processed.at(-1)! > processed[0]!);

    const seen = await eventsUntil(events, (e) => e.kind === 'job-completed');
    const iterations = seen.filter((e) => e.kind === 'migration-iteration');
    assert.ok(iterations.length >= 2 && iterations[0]!.iteration === 1);
    const completed = seen.at(-1)!;
    assert.ok(completed.kind === 'job-completed');
    assert.ok(completed.stats.downtime! > 0n && completed.stats.memoryTotal! > 90_000_000n);
    assert.equal(completed.domain.name, 'vm1-1');
    events.close();

    const arrived = await domain(h2, 'vm1-1');
    const figures = await h2.completedJobStats(arrived, true);
    assert.equal(figures.type, 3);
    assert.equal(figures.operation, 4);
    assert.equal(figures.memoryIteration, completed.stats.memoryIteration);
    assert.equal(
      (await h1.listDomains()).some(({ name }) => name === 'vm1-1'),
      false,
    );
  });

  test('an aborted migration stays where it was', async () => {
    const dom = await domain(h2, 'vm2-1');
    const events = await h2.events({ kinds: ['migration-iteration'] });
    const failed = assert.rejects(
      h2.migrate(dom, { destination: 'qemu+tcp://h1/system', flags: keepDefinition, bandwidth: 2n }),
      (error) => {
        assert.ok(error instanceof LibvirtError && error.code === 'LV_REMOTE');
        assert.equal(error.libvirt?.code, 78);
        return true;
      },
    );
    await eventsUntil(events, (e) => e.kind === 'migration-iteration');
    await h2.call(domainAbortJob, { dom });
    await failed;
    events.close();
    assert.equal((await h2.call(domainGetState, { dom, flags: 0 })).state, 1);
    assert.equal(
      (await h1.listDomains()).some(({ name }) => name === 'vm2-1'),
      false,
    );
  });

  test('a refused migration carries the words of libvirt', async () => {
    const dom = await domain(h2, 'vm2-1');
    await assert.rejects(h2.migrate(dom, { destination: 'qemu+tcp://nowhere.invalid/system' }), (error) => {
      assert.ok(error instanceof LibvirtError && error.libvirt?.code === 38, String(error));
      assert.match(error.message, /nowhere\.invalid/);
      return true;
    });
    await assert.rejects(h2.jobStats({ ...dom, uuid: '00000000-0000-4000-8000-000000000000' }), (error) => {
      assert.ok(error instanceof LibvirtError && error.libvirt?.code === 42);
      return true;
    });
  });

  test('a stopped QEMU makes only its own VM stale', async () => {
    const before = await h2.domainStats();
    const names = before.map((stats) => stats.domain.name).sort();
    assert.ok(names.includes('vm2-1') && names.includes('vm2-2'));
    const whole = flattenDomainStats(before.find(({ domain: { name } }) => name === 'vm2-2')!).length;
    await lab.signalQemu('vm2-1', 'SIGSTOP', 'h2');
    try {
      // The first question that meets it would wait for ever; asked again, the host answers for all.
      for (const options of [{ askAgainAfterMs: 500, timeoutMs: 60_000 }, { timeoutMs: 60_000 }]) {
        const stats = await h2.domainStats(options);
        assert.deepEqual(stats.map(({ domain: { name } }) => name).sort(), names);
        for (const each of stats) {
          const count = flattenDomainStats(each).length;
          if (each.domain.name === 'vm2-1') {
            assert.ok(count < whole - 10, `${count} of ${whole} fields`);
            assert.equal(each.dirtyRate, undefined);
          } else {
            assert.ok(count >= whole - 5, `${each.domain.name} has ${count} of ${whole} fields`);
            assert.notEqual(each.dirtyRate?.calcStatus, undefined);
          }
        }
      }
    } finally {
      await lab.signalQemu('vm2-1', 'SIGCONT', 'h2');
    }
  });

  test('five blocked calls on one connection do not block another', async () => {
    const blocked = await h2.openConnection();
    const other = await h2.openConnection();
    const dom = await domain(h2, 'vm2-1');
    await lab.signalQemu('vm2-1', 'SIGSTOP', 'h2');
    const calls = Array.from({ length: 5 }, () =>
      blocked
        .call(
          qemuMonitorCommand,
          { dom, cmd: '{"execute":"query-status"}', flags: 0 },
          { timeoutMs: 120_000 },
        )
        .then(
          () => 'answered',
          () => 'failed',
        ),
    );
    try {
      while (blocked.inFlight < 4) await sleep(20);
      assert.equal(blocked.inFlight, 4);
      assert.equal((await other.call(connectGetHostname, undefined, { timeoutMs: 60_000 })).hostname, 'h2');
      await assert.rejects(blocked.call(connectGetHostname, undefined, { timeoutMs: 200 }), {
        code: 'LV_TIMEOUT',
      });
    } finally {
      await lab.signalQemu('vm2-1', 'SIGCONT', 'h2');
    }
    await Promise.all(calls);
    assert.equal((await blocked.call(connectGetHostname, undefined, { timeoutMs: 60_000 })).hostname, 'h2');
    blocked.close();
    other.close();
  });

  test('a daemon killed and brought back: the client returns and events flow again', async () => {
    const client = await LibvirtClient.connect(lab.host('h1').uris.tcp, {
      reconnect: { firstMs: 50, maxMs: 500 },
    });
    const events = await client.events({ kinds: ['lifecycle'] });
    const dom = await domain(client, 'vm1-2');
    const pending = client.call(connectGetHostname, undefined).catch((error: unknown) => error);
    await pending;
    await lab.killLibvirtd('h1');
    const lost = await eventsUntil(events, (e) => e.kind === 'disconnected');
    assert.equal(lost.length, 1);
    await assert.rejects(client.call(connectGetHostname, undefined), { retryable: true });
    await lab.startLibvirtd('h1');
    await eventsUntil(events, (e) => e.kind === 'connected');
    await client.call(domainSuspend, { dom });
    await client.call(domainResume, { dom });
    const seen = await eventsUntil(events, (e) => e.kind === 'lifecycle' && e.event === Lifecycle.resumed);
    assert.ok(seen.some((e) => e.kind === 'lifecycle' && e.event === Lifecycle.suspended));
    client.close();
  });

  test('a host that loses its power and boots again', async () => {
    const client = await LibvirtClient.connect(lab.host('h1').uris.tcp, {
      reconnect: { firstMs: 50, maxMs: 500 },
      keepalive: { intervalMs: 500, count: 4 },
      openTimeoutMs: 10_000,
    });
    const events = await client.events({ kinds: ['lifecycle'] });
    await lab.crashHost('h1');
    const seen = await eventsUntil(events, (e) => e.kind === 'disconnected');
    assert.ok(seen.at(-1)!.kind === 'disconnected');
    await lab.bootHost('h1');
    await eventsUntil(events, (e) => e.kind === 'connected');
    assert.deepEqual(await client.listDomains(1), []);
    client.close();
  });
});
