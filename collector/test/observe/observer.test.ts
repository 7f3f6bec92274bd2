import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { Snapshot } from '../../src/fleet/snapshot.ts';
import type { HostConfig } from '../../src/observe/host-config.ts';
import type { InventoryChange } from '../../src/observe/inventory-change.ts';
import { createObserver, type Observer, type ObserverSettings } from '../../src/observe/observer.ts';
import { FakeHost, type FakeVm } from './fake-host.ts';
import { HandClock } from './hand-clock.ts';

const lifecycle = { started: 2, suspended: 3, resumed: 4, stopped: 5 };

const hostConfig = (name: string): HostConfig => ({
  name,
  uri: `qemu+tcp://${name}/system`,
  groups: [],
  priority: 50,
  labels: {},
  maintenance: false,
  neverTarget: false,
  nicMegabitsPerSecond: 8,
  diskMegabytesPerSecond: 1,
});

function fleetOf(count: number) {
  const clock = new HandClock();
  const hosts = new Map<string, FakeHost>();
  for (let i = 1; i <= count; i++) hosts.set(`h${i}`, new FakeHost(clock));
  const settings: ObserverSettings = {
    fleet: 'test',
    hosts: [...hosts.keys()].map(hostConfig),
    rules: [],
    polling: {
      intervalMs: 10_000,
      deadlineMs: 5000,
      sharedStorage: [],
      dirtyRate: { enabled: false, everyMs: 60_000, sampleSeconds: 1, perHost: 1 },
    },
    staleMs: 45_000,
  };
  const said: string[] = [];
  const observer = createObserver({
    ...settings,
    clock,
    connect: (config) => hosts.get(config.name)!.connect(),
    log: (message) => said.push(message),
  });
  const changes: InventoryChange[] = [];
  observer.on('inventory', (change) => changes.push(change));
  return { clock, observer, settings, changes, said, host: (name: string) => hosts.get(name)! };
}

const vmOf = (observer: Observer, vm: FakeVm) => {
  const found = observer.snapshot.vms.filter((one) => one.uuid === vm.uuid);
  assert.ok(found.length <= 1, `one VM, not ${found.length}`);
  return found[0];
};
const near = (actual: number | null | undefined, expected: number, what = '') => {
  assert.ok(actual != null && Math.abs(actual - expected) < 1e-6, `${what} ${actual} is not ${expected}`);
};

/** Ten seconds in which a VM uses so much. */
async function work(
  clock: HandClock,
  vm: FakeVm,
  use: Partial<{ cpu: number; delay: number; rx: number; read: number }>,
) {
  for (let second = 0; second < 10; second++) {
    vm.cpuSeconds += use.cpu ?? 0;
    vm.delaySeconds += use.delay ?? 0;
    vm.rxBytes += BigInt(use.rx ?? 0);
    vm.readBytes += use.read ?? 0;
    await clock.pass(1000);
  }
}

test('counters become rates, loads and a snapshot that fits its schema', async () => {
  const { clock, observer, host } = fleetOf(2);
  const vm = host('h1').add(1);
  observer.start();
  await clock.pass(1000);
  assert.equal(vmOf(observer, vm)!.load.cpu, null, 'one reading gives no rate');
  for (let round = 0; round < 2; round++) {
    host('h1').busySeconds += 10;
    host('h1').idleSeconds += 30;
    await work(clock, vm, { cpu: 1, delay: 0.2, rx: 100_000, read: 250_000 });
  }
  const seen = vmOf(observer, vm)!;
  near(seen.usage.cpuCores, 1);
  near(seen.load.cpu, 0.5, 'two vCPUs');
  near(seen.pressure, 0.1);
  near(seen.usage.netRxBytesPerSecond, 100_000);
  near(seen.load.net, 0.1, '8 Mbit/s are 1 MB/s');
  near(seen.load.disk, 0.25);
  const [first] = observer.snapshot.hosts;
  near(first!.load.cpu, 0.25);
  near(first!.usage.cpuCores, 1);
  near(first!.load.mem, 0.25, 'cache is not used');
  near(first!.usage.netRxBytesPerSecond, 100_000);
  assert.equal(first!.cpuModel, 'EPYC');
  assert.deepEqual(first!.features, ['post-copy']);
  assert.deepEqual([...Value.Errors(Snapshot, observer.snapshot)], []);
  assert.equal(observer.snapshot.hosts[1]!.freshness, 'fresh');
  observer.stop();
});

test('a host can what its libvirt and its entry in the fleet file say', async () => {
  const { clock, observer, settings, host } = fleetOf(2);
  host('h2').libvirt = 8_004_000n; // could not take up a post-copy that broke
  observer.reconfigure({
    ...settings,
    hosts: [hostConfig('h1'), { ...hostConfig('h2'), features: ['tls-migration'] }],
  });
  observer.start();
  await clock.pass(3000);
  assert.deepEqual(
    observer.snapshot.hosts.map(({ features }) => features),
    [['post-copy'], ['tls-migration']],
  );
  observer.stop();
});

test('a restart, a fall of a counter, a wrap and a pause are gaps, never spikes, never zeros', async () => {
  const { clock, observer, host } = fleetOf(1);
  const vm = host('h1').add(1);
  observer.start();
  await work(clock, vm, { cpu: 1, rx: 1000 });
  await work(clock, vm, { cpu: 1, rx: 1000 });
  near(vmOf(observer, vm)!.usage.cpuCores, 1);

  Object.assign(vm, { id: 77, cpuSeconds: 900, rxBytes: 10_000_000n }); // restarted, and has been busy since
  await work(clock, vm, { cpu: 1 });
  assert.equal(vmOf(observer, vm)!.usage.cpuCores, null);
  assert.equal(vmOf(observer, vm)!.usage.netRxBytesPerSecond, null);
  await work(clock, vm, { cpu: 1 });
  near(vmOf(observer, vm)!.usage.cpuCores, 1);

  vm.rxBytes = 4_294_967_000n;
  await work(clock, vm, {});
  await work(clock, vm, {});
  vm.rxBytes = 5000n; // a counter of 32 bits wrapped
  await work(clock, vm, { cpu: 1 });
  assert.equal(vmOf(observer, vm)!.usage.netRxBytesPerSecond, null);
  near(vmOf(observer, vm)!.usage.cpuCores, 1, 'the others go on');
  await work(clock, vm, { rx: 10 });
  near(vmOf(observer, vm)!.usage.netRxBytesPerSecond, 10);

  vm.tap = 'vnet9'; // its interface was plugged anew
  vm.rxBytes = 9_000_000n;
  await work(clock, vm, {});
  assert.equal(vmOf(observer, vm)!.usage.netRxBytesPerSecond, null);

  vm.state = 3;
  host('h1').tell('lifecycle', vm, lifecycle.suspended, 0);
  await work(clock, vm, {});
  assert.equal(vmOf(observer, vm)!.state, 'paused');
  assert.equal(vmOf(observer, vm)!.load.cpu, null, 'paused is not zero');
  vm.state = 1;
  host('h1').tell('lifecycle', vm, lifecycle.resumed, 0);
  await work(clock, vm, { cpu: 1 });
  await work(clock, vm, { cpu: 1 });
  near(vmOf(observer, vm)!.usage.cpuCores, 1);
  observer.stop();
});

test('counters beyond 2^53 still give rates', async () => {
  const { clock, observer, host } = fleetOf(1);
  const vm = host('h1').add(1, { cpuSeconds: 64 * 86_400 * 365 * 10, rxBytes: 2n ** 63n });
  observer.start();
  await work(clock, vm, { cpu: 1, rx: 102_400 });
  await work(clock, vm, { cpu: 1, rx: 102_400 });
  const { usage } = vmOf(observer, vm)!;
  assert.ok(Math.abs(usage.cpuCores! - 1) < 1e-3);
  assert.ok(Math.abs(usage.netRxBytesPerSecond! - 102_400) < 1024);
  observer.stop();
});

test('VMs that start and stop are known at once', async () => {
  const { clock, observer, host, changes } = fleetOf(1);
  const first = host('h1').add(1);
  observer.start();
  await clock.pass(3000);
  const second = host('h1').add(2);
  host('h1').tell('lifecycle', second, lifecycle.started, 0);
  await clock.pass(10);
  assert.equal(vmOf(observer, second)?.name, 'vm-2');
  host('h1').vms.shift();
  host('h1').tell('lifecycle', first, lifecycle.stopped, 1);
  await clock.pass(10);
  assert.equal(vmOf(observer, first), undefined);
  assert.deepEqual(
    changes.map(({ kind, vm }) => [kind, vm]),
    [
      ['started', 'vm-2'],
      ['stopped', 'vm-1'],
    ],
  );
  observer.stop();
});

test('without events the next poll tells', async () => {
  const { clock, observer, host, changes } = fleetOf(1);
  host('h1').add(1);
  observer.start();
  await clock.pass(12_000);
  host('h1').vms.length = 0;
  const arrived = host('h1').add(2);
  await clock.pass(20_000);
  assert.deepEqual(
    observer.snapshot.vms.map((vm) => vm.uuid),
    [arrived.uuid],
  );
  assert.deepEqual(
    changes.map(({ kind }) => kind),
    ['stopped', 'started'],
  );
  observer.stop();
});

test('a start is told once, however late its event and however slow its answer', async () => {
  const { clock, observer, host, changes } = fleetOf(1);
  observer.start();
  await clock.pass(12_000);
  const late = host('h1').add(1);
  await clock.pass(20_000);
  host('h1').tell('lifecycle', late, lifecycle.started, 0);
  await clock.pass(10);
  // the polls go on while the event's own question is answered
  const slow = host('h1').add(2);
  host('h1').slowMs = 4000;
  await clock.pass(8000);
  host('h1').tell('lifecycle', slow, lifecycle.started, 0);
  await clock.pass(40_000);
  assert.deepEqual(
    changes.map(({ kind, vm }) => [kind, vm]),
    [
      ['started', 'vm-1'],
      ['started', 'vm-2'],
    ],
  );
  observer.stop();
});

test('a VM that migrates during polls is one VM at every moment, and never spikes', async () => {
  const { clock, observer, host, changes } = fleetOf(2);
  const source = host('h1').add(1, { cpuSeconds: 5000, rxBytes: 1_000_000_000n });
  const where: string[] = [];
  const cpu: (number | null)[] = [];
  const look = () => {
    const vm = vmOf(observer, source);
    assert.ok(vm !== undefined, 'it is never lost');
    where.push(vm.host);
    cpu.push(vm.usage.cpuCores);
  };
  observer.on('snapshot', look);
  observer.start();
  await work(clock, source, { cpu: 0.5 });
  await work(clock, source, { cpu: 0.5 });
  // the target has it, paused, while it runs at the source
  const target = host('h2').add(1, { state: 3, id: 9, cpuSeconds: 0 });
  host('h2').tell('lifecycle', target, lifecycle.started, 1);
  await work(clock, source, { cpu: 0.5 });
  look();
  assert.equal(where.at(-1), 'h1');
  // the switch: paused on both sides
  source.state = 3;
  host('h1').tell('lifecycle', source, lifecycle.suspended, 1);
  await clock.pass(50);
  look();
  assert.equal(where.at(-1), 'h1');
  target.state = 1;
  host('h2').tell('lifecycle', target, lifecycle.resumed, 1);
  await clock.pass(50);
  look();
  assert.equal(where.at(-1), 'h2');
  host('h1').vms.length = 0;
  host('h1').tell('lifecycle', source, lifecycle.stopped, 3);
  for (let round = 0; round < 3; round++) await work(clock, target, { cpu: 0.5 });
  assert.ok(/^(h1 )+(h2 ?)+$/.test(where.join(' ')), `from h1 to h2 once: ${where.join(' ')}`);
  for (const value of cpu) assert.ok(value === null || Math.abs(value - 0.5) < 0.06, `spike: ${value}`);
  near(cpu.at(-1), 0.5);
  assert.deepEqual(
    changes.map(({ kind }) => kind),
    ['arrived', 'paused', 'resumed', 'left'],
  );
  observer.stop();
});

test('a VM that migrates unnoticed, no event seen, is one VM too', async () => {
  const { clock, observer, host } = fleetOf(2);
  const source = host('h1').add(1, { cpuSeconds: 5000 });
  const seen = new Set<string>();
  observer.on('snapshot', () => seen.add(vmOf(observer, source)?.host ?? 'nowhere'));
  observer.start();
  await work(clock, source, { cpu: 1 });
  host('h1').stuck = true; // the source cannot say that it has gone
  const target = host('h2').add(1, { id: 9, cpuSeconds: 0 });
  await work(clock, target, { cpu: 1 });
  await work(clock, target, { cpu: 1 });
  assert.equal(vmOf(observer, source)?.host, 'h2');
  assert.deepEqual([...seen], ['h1', 'h2']);
  near(vmOf(observer, source)?.usage.cpuCores, 1);
  observer.stop();
});

test('a hung QEMU makes its own VM stale, and no other', async () => {
  const { clock, observer, host } = fleetOf(1);
  const good = host('h1').add(1);
  const bad = host('h1').add(2);
  observer.start();
  await work(clock, good, { cpu: 1 });
  bad.hung = true;
  await work(clock, good, { cpu: 1 });
  assert.equal(vmOf(observer, bad)!.freshness, 'stale');
  assert.equal(vmOf(observer, bad)!.load.cpu, null);
  assert.equal(vmOf(observer, good)!.freshness, 'fresh');
  near(vmOf(observer, good)!.usage.cpuCores, 1);
  bad.hung = false;
  await work(clock, bad, { cpu: 1 });
  await work(clock, bad, { cpu: 1 });
  assert.equal(vmOf(observer, bad)!.freshness, 'fresh');
  near(vmOf(observer, bad)!.usage.cpuCores, 1);
  observer.stop();
});

test('a host that hangs gets stale, not empty; its connection is renewed; then it is fresh again', async () => {
  const { clock, observer, host } = fleetOf(2);
  const vm = host('h1').add(1);
  observer.start();
  await work(clock, vm, { cpu: 1 });
  await work(clock, vm, { cpu: 1 });
  host('h1').stuck = true;
  await clock.pass(70_000);
  const [hung, other] = observer.snapshot.hosts;
  assert.equal(hung!.freshness, 'stale');
  assert.equal(hung!.power, 'unknown');
  assert.equal(hung!.trouble[0]!.kind, 'scrape-error');
  assert.equal(other!.freshness, 'fresh');
  assert.equal(vmOf(observer, vm)!.freshness, 'stale');
  assert.ok(host('h1').connections > 1);
  host('h1').stuck = false;
  await work(clock, vm, { cpu: 1 });
  await work(clock, vm, { cpu: 1 });
  await work(clock, vm, { cpu: 1 });
  assert.equal(observer.snapshot.hosts[0]!.freshness, 'fresh');
  near(vmOf(observer, vm)!.usage.cpuCores, 1);
  observer.stop();
});

test('a host too busy for the first questions is asked them again', async () => {
  const { clock, observer, host } = fleetOf(1);
  const vm = host('h1').add(1);
  host('h1').stuck = true;
  observer.start();
  await clock.pass(6000);
  assert.equal(host('h1').connections, 1);
  assert.equal(observer.snapshot.hosts[0]!.freshness, 'never');
  host('h1').stuck = false;
  await work(clock, vm, { cpu: 1 });
  await work(clock, vm, { cpu: 1 });
  assert.equal(host('h1').connections, 1);
  assert.equal(observer.snapshot.hosts[0]!.capacity.cpuCores, 4);
  near(vmOf(observer, vm)!.usage.cpuCores, 1);
  observer.stop();
});

test('30 % of the hosts go: the others are polled as ever', async () => {
  const { clock, observer, host } = fleetOf(10);
  for (let i = 1; i <= 10; i++) host(`h${i}`).add(i);
  observer.start();
  await clock.pass(25_000);
  for (const name of ['h2', 'h5', 'h9']) host(name).stuck = true;
  await clock.pass(60_000);
  const stale = observer.snapshot.hosts.filter((one) => one.freshness !== 'fresh').map((one) => one.name);
  assert.deepEqual(stale, ['h2', 'h5', 'h9']);
  assert.equal(observer.snapshot.vms.length, 10);
  assert.equal(observer.snapshot.vms.filter((vm) => vm.freshness === 'fresh').length, 7);
  for (const one of observer.snapshot.hosts)
    if (one.freshness === 'fresh') assert.ok(observer.snapshot.at - one.sampledAt! <= 10_000);
  observer.stop();
});

test('the clock is set by an hour: ages and rates do not notice', async () => {
  for (const hour of [3_600_000, -3_600_000]) {
    const { clock, observer, host, said } = fleetOf(1);
    const vm = host('h1').add(1);
    observer.start();
    await work(clock, vm, { cpu: 1 });
    await work(clock, vm, { cpu: 1 });
    clock.step(hour);
    const { snapshot } = observer;
    assert.equal(snapshot.hosts[0]!.freshness, 'fresh');
    await work(clock, vm, { cpu: 1 });
    near(vmOf(observer, vm)!.usage.cpuCores, 1);
    assert.equal(vmOf(observer, vm)!.freshness, 'fresh');
    const age = observer.snapshot.at - vmOf(observer, vm)!.sampledAt!;
    assert.ok(age >= 0 && age <= 10_000, `age ${age}`);
    assert.ok(said.some((line) => line.includes(`set ${hour > 0 ? 'forward' : 'back'} by 3600 s`)));
    observer.stop();
  }
});

test('a slow answer is no precise one: rates come from readings far enough apart', async () => {
  const { clock, observer, host } = fleetOf(1);
  const vm = host('h1').add(1);
  observer.start();
  await work(clock, vm, { cpu: 1 });
  host('h1').slowMs = 3000;
  for (let round = 0; round < 4; round++) {
    await work(clock, vm, { cpu: 1 });
    const cores = vmOf(observer, vm)!.usage.cpuCores;
    assert.ok(cores === null || Math.abs(cores - 1) < 0.16, `${cores}`);
  }
  observer.stop();
});

test('memory: trusted while the balloon talks, else what QEMU holds, marked', async () => {
  const { clock, observer, host } = fleetOf(1);
  const vm = host('h1').add(1);
  observer.start();
  const talk = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      vm.reportedAt = Math.floor(clock.now() / 1000) - 86_400 * 365; // that host's clock is a year behind
      await clock.pass(1000);
    }
  };
  await talk(30);
  let { memory } = vmOf(observer, vm)!;
  assert.deepEqual([memory.source, memory.trusted, memory.usedBytes], ['balloon', true, 400_000 * 1024]);
  await clock.pass(90_000);
  ({ memory } = vmOf(observer, vm)!);
  assert.deepEqual([memory.source, memory.trusted, memory.usedBytes], ['rss', false, 786_432 * 1024]);
  await talk(20);
  assert.equal(vmOf(observer, vm)!.memory.trusted, true);
  observer.stop();
});

test('what binds a VM: definition, metadata, fleet file; until it is read the VM stays', async () => {
  const { clock, observer, host, settings } = fleetOf(1);
  const vm = host('h1').add(1, {
    xml: `<domain><name>vm-1</name>
      <metadata><evenkeel:vm xmlns:evenkeel="https://evenkeel.dev/xmlns/vm/1" priority="80">
        <evenkeel:antiAffinity>db</evenkeel:antiAffinity><evenkeel:zoneSpread>db</evenkeel:zoneSpread>
      </evenkeel:vm></metadata>
      <devices><disk type="file" device="disk"><source file="/images/a.img"/></disk>
        <hostdev type="pci"/><interface type="bridge"><source bridge="br7"/></interface></devices></domain>`,
  });
  observer.start();
  await clock.pass(100);
  const { rules, priority } = vmOf(observer, vm)!;
  assert.equal(priority, 80);
  assert.deepEqual(rules.antiAffinity, ['db']);
  assert.equal(rules.zoneSpread, 'db');
  assert.deepEqual(rules.blockedDevices, ['host device (pci)']);
  assert.equal(rules.localDiskBytes, 1_000_000);
  assert.deepEqual(rules.networks, ['br7']);
  assert.equal(rules.neverMigrate, false);

  observer.reconfigure({
    ...settings,
    rules: [{ match: 'vm-*', neverMigrate: true, antiAffinity: ['web'] }],
    polling: { ...settings.polling, sharedStorage: ['/images/'] },
  });
  assert.equal(vmOf(observer, vm)!.rules.neverMigrate, true);
  assert.deepEqual(vmOf(observer, vm)!.rules.antiAffinity, ['web']);
  assert.equal(vmOf(observer, vm)!.rules.localDiskBytes, 0);
  assert.equal(vmOf(observer, vm)!.priority, 80);
  observer.stop();
});

test('a definition that cannot be read yet keeps its VM where it is', async () => {
  const { clock, observer, host } = fleetOf(1);
  const vm = host('h1').add(1, { xml: 'no XML at all' });
  observer.start();
  await clock.pass(100);
  assert.equal(vmOf(observer, vm)!.rules.neverMigrate, true);
  observer.stop();
});

test('reconfigure keeps connections and counters, and adds and removes hosts', async () => {
  const { clock, observer, host, settings } = fleetOf(2);
  const vm = host('h1').add(1);
  observer.start();
  await work(clock, vm, { cpu: 1 });
  observer.reconfigure({ ...settings, hosts: [{ ...hostConfig('h1'), zone: 'b', priority: 1 }] });
  assert.deepEqual(
    observer.snapshot.hosts.map(({ name, zone, priority }) => [name, zone, priority]),
    [['h1', 'b', 1]],
  );
  assert.equal(host('h2').closed, 1);
  await work(clock, vm, { cpu: 1 });
  near(vmOf(observer, vm)!.usage.cpuCores, 1);
  assert.equal(host('h1').connections, 1);
  observer.reconfigure(settings);
  await clock.pass(11_000);
  assert.equal(observer.snapshot.hosts.length, 2);
  observer.stop();
});

test('hosts are polled spread over the interval', async () => {
  const { clock, observer, host } = fleetOf(10);
  observer.start();
  await clock.pass(10_000);
  const moments = new Map<string, number>();
  observer.on('sample', (one) => moments.set(one.name, clock.monotonic() % 10_000));
  await clock.pass(10_000);
  assert.equal(moments.size, 10);
  const sorted = [...moments.values()].sort((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) assert.ok(sorted[i]! - sorted[i - 1]! >= 900, sorted.join(' '));
  assert.equal(host('h1').connections, 1);
  observer.stop();
});
