import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { StatsGroup } from '@evenkeel/libvirt';
import { Snapshot } from '../../src/fleet/snapshot.ts';
import { createObserver, type Observer } from '../../src/observe/observer.ts';
import { isLively, turnAt } from '../../src/observe/read-turns.ts';
import { FakeHost, type FakeVm } from './fake-host.ts';
import { HandClock } from './hand-clock.ts';

const turns = { memory: 3, disk: 3, pressure: 3, allFromCpu: 0.8 };
const { balloon, block, vcpu, state, cpuTotal, interface: net } = StatsGroup;
const cheap = state | cpuTotal | net;
const all = cheap | balloon | block | vcpu;
const lifecycle = { suspended: 3, resumed: 4 };

/** A fleet of one VM a host, read every ten seconds from now on. */
function watched(hosts = 1) {
  const clock = new HandClock();
  const fakes = Array.from({ length: hosts }, () => new FakeHost(clock));
  const vms = fakes.map((fake, index) => fake.add(index + 1));
  const observer = createObserver({
    fleet: 'test',
    hosts: fakes.map((_, index) => ({
      name: `h${index}`,
      uri: 'qemu+tcp://h/system',
      groups: [],
      priority: 50,
      labels: {},
      maintenance: false,
      neverTarget: false,
    })),
    rules: [],
    polling: {
      intervalMs: 10_000,
      deadlineMs: 5000,
      turns,
      sharedStorage: ['/shared/'],
      dirtyRate: { enabled: false, everyMs: 60_000, sampleSeconds: 1, perHost: 1 },
    },
    staleMs: 45_000,
    clock,
    connect: (config) => fakes[Number(config.name.slice(1))]!.connect(),
    log: () => undefined,
  });
  observer.start();
  return { clock, observer, fakes, vms, fake: fakes[0]!, vm: vms[0]! };
}

type Use = { cpu?: number; delay?: number; read?: number; busy?: number };

/** Intervals of ten seconds in which the VM, and the host's CPUs, are used so much a second. */
async function work({ clock, fake, vm }: ReturnType<typeof watched>, intervals: number, use: Use) {
  for (let second = 0; second < 10 * intervals; second++) {
    vm.cpuSeconds += use.cpu ?? 0;
    vm.delaySeconds += use.delay ?? 0;
    vm.readBytes += use.read ?? 0;
    fake.busySeconds += use.busy ?? 0.4;
    fake.idleSeconds += 4 - (use.busy ?? 0.4);
    await clock.pass(1000);
  }
}

const vmOf = (observer: Observer, vm: FakeVm) => observer.snapshot.vms.find((one) => one.uuid === vm.uuid)!;
const near = (actual: number | null | undefined, expected: number) => {
  assert.ok(actual != null && Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
};

test('each group has its turn, one at a time, and all have one in a round', () => {
  const round = [0, 1, 2].map((poll) => turnAt(poll, turns));
  for (const group of ['memory', 'disk', 'pressure'] as const)
    assert.equal(round.filter((asked) => asked[group]).length, 1);
  for (const { memory, disk, pressure } of round)
    assert.equal(Number(memory) + Number(disk) + Number(pressure), 1);
  assert.deepEqual(turnAt(7, { ...turns, memory: 1, disk: 1, pressure: 1 }), {
    memory: true,
    disk: true,
    pressure: true,
  });
});

test('a host is lively when it is busy, or suddenly busier', () => {
  assert.equal(isLively(null, null, 0.8), false);
  assert.equal(isLively(0.8, 0.81, 0.8), true);
  assert.equal(isLively(0.1, 0.31, 0.8), true);
  assert.equal(isLively(null, 0.31, 0.8), false);
  assert.equal(isLively(0.1, 0.2, 0.8), false);
  assert.equal(isLively(0.1, 1, 1), false);
});

test('at first everything is read, until all rates are known; then the groups take turns', async () => {
  const fleet = watched();
  await work(fleet, 6, { cpu: 0.5, delay: 0.2, read: 1000 });
  const { askedGroups } = fleet.fake;
  assert.deepEqual(askedGroups.slice(0, 2), [all, all]);
  const later = askedGroups.slice(-3);
  assert.deepEqual(
    later.map((groups) => groups & ~cheap).sort((a, b) => a - b),
    [balloon, vcpu, block].sort((a, b) => a - b),
  );
  assert.ok(later.every((groups) => (groups & cheap) === cheap));
  fleet.observer.stop();
});

test('rates are over the true time between two readings, hold in between, and say when they were measured', async () => {
  const fleet = watched();
  const { observer, vm } = fleet;
  await work(fleet, 5, { cpu: 0.5, delay: 0.2, read: 1000 });
  // from the poll that has just been: what happens now is seen by each group at its own next turn
  const seen: (number | null)[] = [];
  for (let interval = 0; interval < 6; interval++) {
    await work(fleet, 1, { cpu: 1, delay: 0.4, read: 4000 });
    const one = vmOf(observer, vm);
    assert.ok(Value.Check(Snapshot, observer.snapshot));
    near(one.usage.cpuCores, 1); // within one interval
    seen.push(one.usage.diskReadBytesPerSecond);
    assert.ok(one.sampledAt! - one.measuredAt!.disk! <= 20_000);
    assert.ok(one.sampledAt! - one.measuredAt!.mem! <= 20_000);
    assert.ok(one.sampledAt! - one.measuredAt!.pressure! <= 20_000);
    assert.equal(one.freshness, 'fresh');
  }
  for (const rate of seen)
    assert.ok(rate! >= 1000 - 1e-6 && rate! <= 4000 + 1e-6, `neither gap nor spike: ${rate}`);
  near(seen.at(-1), 4000);
  near(vmOf(observer, vm).pressure, 0.2);
  assert.equal(vmOf(observer, vm).vcpus, 2); // told with the pressure, and kept
  observer.stop();
});

test('a busy host, and one that suddenly gets busier, is read whole', async () => {
  const fleet = watched();
  await work(fleet, 6, {});
  fleet.fake.askedGroups.length = 0;
  await work(fleet, 4, { busy: 3.6 });
  assert.ok(fleet.fake.askedGroups.slice(1).every((groups) => groups === all));
  await work(fleet, 1, {});
  fleet.fake.askedGroups.length = 0;
  await work(fleet, 4, {});
  assert.ok(fleet.fake.askedGroups.slice(1).every((groups) => groups !== all));
  fleet.observer.stop();
});

test('after a pause there is a gap, never a spike, and everything is read again', async () => {
  const fleet = watched();
  const { observer, vm, fake, clock } = fleet;
  await work(fleet, 6, { cpu: 0.5, delay: 0.2, read: 1000 });
  vm.state = 3;
  fake.tell('lifecycle', vm, lifecycle.suspended, 0);
  await clock.pass(30_000);
  assert.equal(vmOf(observer, vm).usage.diskReadBytesPerSecond, null);
  assert.equal(vmOf(observer, vm).pressure, null);
  vm.readBytes += 1e9; // counted while nobody could tell when
  vm.state = 1;
  fake.tell('lifecycle', vm, lifecycle.resumed, 0);
  fake.askedGroups.length = 0;
  const rates: (number | null)[] = [];
  for (let interval = 0; interval < 5; interval++) {
    await work(fleet, 1, { cpu: 0.5, delay: 0.2, read: 1000 });
    rates.push(vmOf(observer, vm).usage.diskReadBytesPerSecond);
  }
  for (const rate of rates) if (rate !== null) near(rate, 1000);
  near(rates[1], 1000);
  const both = block | vcpu;
  assert.ok(fake.askedGroups.slice(0, 2).every((groups) => (groups & both) === both));
  observer.stop();
});

test('a VM found by a poll that asked for little is whole after the next ones, its disks included', async () => {
  const fleet = watched();
  const { observer, fake, clock } = fleet;
  await work(fleet, 6, {});
  for (const [at, number] of [7, 8, 9].entries()) {
    const added = fake.add(number, {
      xml: `<domain><name>vm-${number}</name><vcpu>2</vcpu><devices><disk type="file" device="disk"><source file="/images/a.img"/><target dev="vda"/></disk></devices></domain>`,
    });
    await clock.pass(20_000 + at);
    const found = vmOf(observer, added);
    assert.equal(found.vcpus, 2);
    assert.equal(found.rules.localDiskBytes, 1_000_000);
    assert.notEqual(found.memory.usedBytes, null);
  }
  observer.stop();
});

test('a hung QEMU is noticed at its next question, whichever that is, and is well again at once', async () => {
  const fleet = watched();
  const { observer, vm } = fleet;
  vm.reportedAt = 1;
  await work(fleet, 6, { cpu: 0.5 });
  vm.hung = true;
  await work(fleet, 2, {});
  assert.equal(vmOf(observer, vm).freshness, 'stale');
  await work(fleet, 3, {});
  assert.equal(vmOf(observer, vm).freshness, 'stale');
  vm.hung = false;
  await work(fleet, 1, { cpu: 0.5 });
  assert.equal(vmOf(observer, vm).freshness, 'fresh');
  observer.stop();
});

test('hosts take different turns at the same time', async () => {
  const fleet = watched(3);
  await work(fleet, 8, {});
  const last = fleet.fakes.map(({ askedGroups }) => askedGroups.at(-1)! & ~cheap);
  assert.deepEqual(new Set(last), new Set([balloon, block, vcpu]));
  fleet.observer.stop();
});
