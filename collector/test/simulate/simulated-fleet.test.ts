import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  connectGetHostname,
  domainAbortJob,
  domainGetXmlDesc,
  domainMigrateSetMaxSpeed,
  domainMigrateStartPostCopy,
  domainStartDirtyRateCalc,
  JobType,
  LibvirtClient,
  LibvirtError,
  MigrateFlag,
  StatsGroup,
} from '@evenkeel/libvirt';
import { carryOut } from '../../src/simulate/control-server.ts';
import { createSimClock } from '../../src/simulate/sim-clock.ts';
import { SimulatedFleet } from '../../src/simulate/simulated-fleet.ts';
import type { SimVmPlan } from '../../src/simulate/sim-vm.ts';
import type { Workload } from '../../src/simulate/workload.ts';

const mib = 1_048_576;

const steady =
  (cpu: number, pageWritesPerSecond = 200): Workload =>
  (_seconds, into) => {
    Object.assign(into, {
      cpu,
      mem: 0.5,
      rxBytesPerSecond: 1000,
      txBytesPerSecond: 2000,
      readBytesPerSecond: 4096,
      writeBytesPerSecond: 8192,
      pageWritesPerSecond,
    });
  };

const vm = (number: number, workload: Workload, memMib = 64, vcpus = 2): SimVmPlan => ({
  uuid: `00000000-0000-4000-a000-${String(number).padStart(12, '0')}`,
  name: `vm ${number} <"ü">`,
  vcpus,
  memBytes: memMib * mib,
  workload,
  seed: number,
});

async function start(t: TestContext, vms: readonly SimVmPlan[], now: () => number = Date.now) {
  const host = (name: string, own: readonly SimVmPlan[]) => ({
    name,
    uuid: '00000000-0000-4000-a000-00000000000f',
    cores: 4,
    memBytes: 8192 * mib,
    nicBitsPerSecond: 1e9,
    vms: own,
  });
  const clock = createSimClock(now);
  const simulated = await SimulatedFleet.start({ hosts: [host('one', vms), host('two', [])] }, { clock });
  const uris = simulated.uris();
  const one = await LibvirtClient.connect(uris.get('one')!);
  const two = await LibvirtClient.connect(uris.get('two')!);
  t.after(() => {
    one.close();
    two.close();
    simulated.stop();
  });
  return { simulated, uris, one, two };
}

const options = { timeout: 20_000 };

test('a host answers as libvirtd does: name, nodes, guests, their statistics', options, async (t) => {
  let now = 1_700_000_000_000;
  const { one } = await start(t, [vm(1, steady(0.5)), vm(2, steady(0.25))], () => now);
  assert.equal((await one.call(connectGetHostname, undefined)).hostname, 'one');
  const domains = await one.listDomains();
  assert.deepEqual(domains.map((dom) => dom.name).sort(), ['vm 1 <"ü">', 'vm 2 <"ü">']);
  const { xml } = await one.call(domainGetXmlDesc, { dom: domains[0]!, flags: 0 });
  assert.match(xml, /<name>vm 1 &lt;&quot;ü&quot;&gt;<\/name>/);

  const groups = StatsGroup.cpuTotal | StatsGroup.interface;
  const before = await one.domainStats({ groups });
  now += 10_000;
  const after = await one.domainStats({ groups });
  assert.equal(after[0]!.cpu!.time! - before[0]!.cpu!.time!, 10_000_000_000n, 'half of two vCPUs for 10 s');
  assert.equal(after[0]!.net!.list[0]!.tx.bytes! - before[0]!.net!.list[0]!.tx.bytes!, 20_000n);
  assert.equal(after[0]!.balloon, undefined, 'only the groups that were asked for');
  assert.ok((await one.nodeCpuStats()).idle! > 0n);
  assert.equal((await one.nodeMemoryStats()).total, BigInt(8192 * 1024));
});

test(
  'a load that is ordered comes at once, or rises evenly, and goes when its time is over',
  options,
  async (t) => {
    let now = 1_700_000_000_000;
    const { simulated, one } = await start(t, [vm(1, steady(0.2))], () => now);
    const groups = StatsGroup.cpuTotal;
    const shareOver = async (seconds: number): Promise<number> => {
      const before = await one.domainStats({ groups });
      now += seconds * 1000;
      const after = await one.domainStats({ groups });
      return Number(after[0]!.cpu!.time! - before[0]!.cpu!.time!) / 2 / (seconds * 1e9);
    };
    const about = async (seconds: number, share: number): Promise<void> => {
      const found = await shareOver(seconds);
      assert.ok(Math.abs(found - share) < 0.01, `${found} instead of ${share}`);
    };
    const order = { order: 'load-vm', vm: vm(1, steady(0)).uuid, seconds: 120, cpu: 1 } as const;
    await carryOut(simulated, { ...order, riseSeconds: 100 });
    await about(50, 0.4);
    await about(50, 0.8);
    await about(20, 1);
    await about(20, 0.2);
    await carryOut(simulated, order);
    await about(20, 1);
  },
);

test('a host over capacity gives its guests delay instead of CPU', options, async (t) => {
  let now = 1_700_000_000_000;
  const { one } = await start(t, [vm(1, steady(1), 64, 4), vm(2, steady(1), 64, 4)], () => now);
  const before = await one.domainStats({ groups: StatsGroup.vcpu });
  now += 10_000;
  const after = await one.domainStats({ groups: StatsGroup.vcpu });
  const grown = (field: 'time' | 'delay'): number =>
    after[0]!.vcpu!.list.reduce(
      (sum, vcpu, i) => sum + Number(vcpu[field]! - before[0]!.vcpu!.list[i]![field]!),
      0,
    );
  // Eight vCPUs want four cores: half of the time each of them waits.
  const waiting = grown('delay') / (grown('delay') + grown('time'));
  assert.ok(waiting > 0.49 && waiting < 0.53, `waited ${waiting}`);
});

test(
  'a live migration copies, tells of it, and leaves one running guest at the target',
  options,
  async (t) => {
    const { one, two, uris } = await start(t, [vm(1, steady(0.2))]);
    const [dom] = await one.listDomains();
    const source = await one.events();
    const seen: string[] = [];
    const listening = (async () => {
      for await (const event of source) {
        seen.push(event.kind);
        if (event.kind === 'job-completed') break;
      }
    })();
    await one.migrate(dom!, { destination: uris.get('two')!, flags: MigrateFlag.live });
    await listening;
    assert.deepEqual(await one.listDomains(), []);
    const [there] = await two.listDomains();
    assert.equal(there?.uuid, dom!.uuid);
    assert.ok(seen.includes('migration-iteration'), seen.join());
    assert.ok(seen.includes('lifecycle'), seen.join());
    const facts = await two.completedJobStats(there);
    assert.equal(facts.type, JobType.completed);
    assert.ok(facts.memoryProcessed! > 20n * BigInt(mib), String(facts.memoryProcessed));
    assert.ok(facts.downtime! > 0n && facts.downtime! < 1000n, String(facts.downtime));
  },
);

test(
  'a guest that writes faster than the link copies never converges, until auto-converge slows it',
  options,
  async (t) => {
    const writes = steady(1, 200_000);
    const { one, uris } = await start(t, [{ ...vm(1, writes, 32), hot: { share: 0, of: 1 } }]);
    const [dom] = await one.listDomains();
    const destination = uris.get('two')!;
    const slow = one.migrate(dom!, { destination, flags: MigrateFlag.live, bandwidth: 40n });
    const failed = assert.rejects(
      slow,
      (error: unknown) => error instanceof LibvirtError && error.message.includes('canceled by client'),
    );
    let iteration = 0n;
    while (iteration < 3n) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      iteration = (await one.jobStats(dom!)).memoryIteration ?? 0n;
    }
    assert.ok((await one.jobStats(dom!)).memoryDirtyRate! > 5000n);
    await one.call(domainAbortJob, { dom: dom! });
    await failed;
    assert.equal((await one.listDomains()).length, 1, 'it runs on where it was');

    const flags = MigrateFlag.live | MigrateFlag.autoConverge;
    await one.migrate(dom!, {
      destination,
      flags,
      bandwidth: 100n,
      autoConvergeInitial: 90,
      autoConvergeIncrement: 9,
    });
    assert.deepEqual(await one.listDomains(), []);
  },
);

test('post-copy ends what pre-copy cannot, and cannot be aborted any more', options, async (t) => {
  const { one, two, uris } = await start(t, [
    { ...vm(1, steady(1, 200_000), 128), hot: { share: 0, of: 1 } },
  ]);
  const [dom] = await one.listDomains();
  const moving = one.migrate(dom!, {
    destination: uris.get('two')!,
    flags: MigrateFlag.live | MigrateFlag.postCopy,
    bandwidth: 60n,
  });
  while (((await one.jobStats(dom!)).memoryIteration ?? 0n) < 1n)
    await new Promise((resolve) => setTimeout(resolve, 30));
  await one.call(domainMigrateStartPostCopy, { dom: dom!, flags: 0 });
  while ((await two.listDomains()).length === 0) await new Promise((resolve) => setTimeout(resolve, 30));
  const [there] = await two.listDomains();
  await assert.rejects(two.call(domainAbortJob, { dom: there! }), /post-copy/);
  await two.call(domainMigrateSetMaxSpeed, { dom: there!, bandwidth: 1000n, flags: 0 });
  await moving;
  assert.deepEqual(await one.listDomains(), []);
});

test('what cannot be is refused with the words of libvirt', options, async (t) => {
  const { one, simulated, uris } = await start(t, [vm(1, steady(0.1))]);
  const [dom] = await one.listDomains();
  const moving = (destination: string) => one.migrate(dom!, { destination, flags: MigrateFlag.live });
  await assert.rejects(moving(uris.get('one')!), /same host/);
  await assert.rejects(moving('qemu+tcp://127.0.0.1:1/system'), /Connection refused/);
  await assert.rejects(one.call(domainAbortJob, { dom: dom! }), /no job is active/);
  const target = simulated.fleet.host('two');
  target.nicBitsPerSecond = 1e6;
  const lost = assert.rejects(moving(uris.get('two')!), /client socket is closed/);
  while ((await one.jobStats(dom!)).type !== JobType.unbounded)
    await new Promise((resolve) => setTimeout(resolve, 20));
  simulated.server('two').die();
  await lost;
  assert.equal((await one.listDomains()).length, 1);
});

test(
  'a host that hangs answers nobody until it wakes; one that died comes back at the same port',
  options,
  async (t) => {
    const { one, two, simulated, uris } = await start(t, [vm(1, steady(0.1))]);
    simulated.server('one').hang();
    await assert.rejects(one.listDomains(0, { timeoutMs: 200 }), /200 ms/);
    simulated.server('one').wake();
    assert.equal((await one.listDomains()).length, 1);

    const uri = uris.get('two')!;
    simulated.server('two').die();
    await assert.rejects(two.listDomains());
    await simulated.server('two').revive();
    assert.equal(simulated.uris().get('two'), uri);
  },
);

test('the dirty rate is measured by sampling: different pages, not writes', options, async (t) => {
  let now = 1_700_000_000_000;
  const busy = { ...vm(1, steady(1, 100_000), 64), hot: { share: 1, of: 0.05 } };
  const { one } = await start(t, [busy], () => now);
  const [dom] = await one.listDomains();
  now += 5000;
  await one.call(domainStartDirtyRateCalc, { dom: dom!, seconds: 1, flags: 0 });
  const ask = async () => (await one.domainStats({ groups: StatsGroup.dirtyRate }))[0]?.dirtyRate;
  assert.equal((await ask())?.calcStatus, 1);
  now += 1000;
  const rate = await ask();
  assert.equal(rate?.calcStatus, 2);
  // 100,000 writes would be 390 MiB; they fall on the 2 MiB or so that are hot.
  assert.ok(rate.megabytesPerSecond! >= 1n && rate.megabytesPerSecond! < 6n, String(rate.megabytesPerSecond));
});
