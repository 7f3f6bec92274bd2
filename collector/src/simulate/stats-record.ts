import { type DomainRef, StatsGroup } from '@evenkeel/libvirt';
import {
  BalloonStats,
  BlockGroup,
  BlockStats,
  CpuStats,
  DirtyRateStats,
  DomainStats,
  InterfaceStats,
  NetGroup,
  StateStats,
  VcpuGroup,
  VcpuStats,
} from '@evenkeel/libvirt/server';
import { hashNoise } from './noise.ts';
import type { SimVm } from './sim-vm.ts';

export const domainRefOf = (vm: SimVm): DomainRef => ({ name: vm.plan.name, uuid: vm.plan.uuid, id: vm.id });

const whole = (value: number): bigint => BigInt(Math.floor(value));
const kib = (bytes: number): bigint => BigInt(Math.floor(bytes / 1024));

/** What the hypervisor reports of a guest: the same fields as QEMU's driver, in the groups that were asked for. */
export function statsRecord(vm: SimVm, groups: number, now: number): DomainStats {
  const wanted = groups === 0 ? -1 : groups;
  const stats = new DomainStats(domainRefOf(vm));
  if (wanted & StatsGroup.state) {
    stats.state = new StateStats();
    stats.state.state = vm.state;
    stats.state.reason = 1;
  }
  if (vm.id < 0) return stats;
  if (wanted & StatsGroup.cpuTotal) {
    stats.cpu = new CpuStats();
    stats.cpu.time = whole(vm.cpuNs);
    stats.cpu.user = whole(vm.cpuNs * 0.86);
    stats.cpu.system = whole(vm.cpuNs * 0.14);
  }
  if (wanted & StatsGroup.balloon) stats.balloon = balloonOf(vm, now);
  if (wanted & StatsGroup.vcpu) stats.vcpu = vcpusOf(vm);
  if (wanted & StatsGroup.interface) stats.net = networkOf(vm);
  if (wanted & StatsGroup.block) stats.block = blocksOf(vm);
  if (wanted & StatsGroup.dirtyRate && vm.dirtyRate) stats.dirtyRate = dirtyRateOf(vm.dirtyRate, now);
  return stats;
}

function balloonOf(vm: SimVm, now: number): BalloonStats {
  const { memBytes, balloon } = vm.plan;
  const stats = new BalloonStats();
  stats.current = kib(memBytes);
  stats.maximum = kib(memBytes);
  stats.rss = kib(vm.rssBytes + 60e6);
  if (balloon === false) return stats;
  const available = memBytes * 0.975;
  const used = Math.min(available, vm.wants.mem * memBytes);
  const caches = Math.min(available - used, memBytes * 0.08);
  stats.available = kib(available);
  stats.usable = kib(available - used);
  stats.unused = kib(available - used - caches);
  stats.diskCaches = kib(caches);
  stats.swapIn = 0n;
  stats.swapOut = 0n;
  stats.majorFault = 0n;
  stats.minorFault = whole(vm.cpuNs / 1e6);
  stats.lastUpdate = whole(now / 1000);
  return stats;
}

function vcpusOf(vm: SimVm): VcpuGroup {
  const { vcpus, seed } = vm.plan;
  const group = new VcpuGroup();
  group.current = vcpus;
  group.maximum = vcpus;
  let weights = 0;
  for (let i = 0; i < vcpus; i += 1) weights += 0.8 + 0.4 * hashNoise(seed, i);
  for (let i = 0; i < vcpus; i += 1) {
    const share = (0.8 + 0.4 * hashNoise(seed, i)) / weights;
    const stats = new VcpuStats(i);
    stats.state = 1;
    stats.time = whole(vm.cpuNs * share);
    stats.wait = 0n;
    stats.delay = whole(vm.delayNs * share);
    group.list.push(stats);
  }
  return group;
}

function networkOf(vm: SimVm): NetGroup {
  const group = new NetGroup();
  const card = new InterfaceStats(0);
  card.name = `vnet${vm.id}`;
  for (const [side, bytes] of [
    [card.rx, vm.net.rx],
    [card.tx, vm.net.tx],
  ] as const) {
    side.bytes = whole(bytes);
    side.pkts = whole(bytes / 900);
    side.errs = 0n;
    side.drop = 0n;
  }
  group.count = 1;
  group.list.push(card);
  return group;
}

function blocksOf(vm: SimVm): BlockGroup {
  const group = new BlockGroup();
  const disk = new BlockStats(0);
  disk.name = 'vda';
  disk.path = vm.plan.disk;
  disk.rd.reqs = whole(vm.disk.reads);
  disk.rd.bytes = whole(vm.disk.read);
  disk.rd.times = whole(vm.disk.reads * 400_000);
  disk.wr.reqs = whole(vm.disk.writes);
  disk.wr.bytes = whole(vm.disk.written);
  disk.wr.times = whole(vm.disk.writes * 700_000);
  disk.fl.reqs = whole(vm.disk.writes / 9);
  disk.fl.times = whole(vm.disk.writes * 90_000);
  disk.allocation = whole(vm.plan.memBytes * 3);
  disk.capacity = whole(vm.plan.memBytes * 8);
  disk.physical = whole(vm.plan.memBytes * 3);
  group.count = 1;
  group.list.push(disk);
  return group;
}

function dirtyRateOf(rate: NonNullable<SimVm['dirtyRate']>, now: number): DirtyRateStats {
  const stats = new DirtyRateStats();
  const done = now >= rate.at + rate.seconds * 1000;
  stats.calcStatus = done ? 2 : 1;
  stats.calcStartTime = whole(rate.at / 1000);
  stats.calcPeriod = rate.seconds;
  stats.calcMode = 'page-sampling';
  if (done) stats.megabytesPerSecond = BigInt(Math.round(rate.mebibytesPerSecond ?? 0));
  return stats;
}
