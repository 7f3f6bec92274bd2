import {
  BalloonStats,
  BlockGroup,
  BlockStats,
  CpuStats,
  DirtyRateStats,
  DomainStats,
  InterfaceStats,
  IothreadGroup,
  IothreadStats,
  NetGroup,
  StateStats,
  VcpuGroup,
  VcpuStats,
} from '@evenkeel/libvirt';

const GIB = 2n ** 30n;

function record(index: number, vcpus: number, nets: number): DomainStats {
  const number = index.toString(16).padStart(12, '0');
  const stats = new DomainStats({
    name: `vm-${index}`,
    uuid: `77000000-0000-4000-9000-${number}`,
    id: index + 1,
  });
  const grown = BigInt(index + 1);
  stats.state = Object.assign(new StateStats(), { state: 1, reason: 1 });
  stats.cpu = Object.assign(new CpuStats(), {
    time: grown * 98_765_432_109_876n,
    user: grown * 87_654_321_098_765n,
    system: grown * 11_111_111_011_111n,
  });
  stats.balloon = new BalloonStats();
  for (const key of Object.keys(stats.balloon) as (keyof BalloonStats)[]) {
    if (key !== 'toJSON') stats.balloon[key] = grown * 4_194_304n;
  }
  stats.vcpu = new VcpuGroup();
  stats.vcpu.current = vcpus;
  stats.vcpu.maximum = vcpus;
  for (let i = 0; i < vcpus; i++) {
    const vcpu = Object.assign(new VcpuStats(i), { state: 1, time: grown * 12_345_678_901_234n, wait: 0n });
    vcpu.delay = grown * 1_234_567_890n;
    stats.vcpu.list.push(vcpu);
  }
  stats.net = new NetGroup();
  stats.net.count = nets;
  for (let i = 0; i < nets; i++) {
    const net = new InterfaceStats(i);
    net.name = `vnet${index * nets + i}`;
    for (const side of [net.rx, net.tx]) {
      Object.assign(side, { bytes: grown * GIB, pkts: grown * 1_000_000n, errs: 0n, drop: 0n });
    }
    stats.net.list.push(net);
  }
  stats.block = new BlockGroup();
  return stats;
}

/** A small VM: 41 fields, as the groups give that a balancer needs. */
export function narrowRecord(index: number): DomainStats {
  const stats = record(index, 1, 1);
  const disk = new BlockStats(0);
  disk.name = 'vda';
  Object.assign(disk.rd, { reqs: 1_000_000n, bytes: 40n * GIB });
  Object.assign(disk.wr, { reqs: 1_000_000n, bytes: 40n * GIB });
  stats.block!.count = 1;
  stats.block!.list.push(disk);
  return stats;
}

/** A larger VM with everything asked for: 107 fields. */
export function wideRecord(index: number): DomainStats {
  const stats = record(index, 4, 2);
  for (let i = 0; i < 3; i++) {
    const disk = new BlockStats(i);
    disk.name = `vd${'abc'[i]!}`;
    disk.path = `/var/lib/libvirt/images/vm-${index}-${i}.qcow2`;
    disk.backingIndex = 1;
    for (const side of [disk.rd, disk.wr])
      Object.assign(side, { reqs: 1_000_000n, bytes: 40n * GIB, times: 10n ** 13n });
    Object.assign(disk.fl, { reqs: 1000n, times: 10n ** 10n });
    Object.assign(disk, { allocation: 20n * GIB, capacity: 40n * GIB, physical: 20n * GIB });
    stats.block!.list.push(disk);
  }
  stats.block!.count = 3;
  stats.iothread = new IothreadGroup();
  stats.iothread.count = 2;
  for (const id of [1, 2]) {
    stats.iothread.list.push(
      Object.assign(new IothreadStats(id), { pollMaxNs: 32_768n, pollGrow: 0, pollShrink: 0 }),
    );
  }
  stats.dirtyRate = Object.assign(new DirtyRateStats(), { calcStatus: 0 });
  return stats;
}
