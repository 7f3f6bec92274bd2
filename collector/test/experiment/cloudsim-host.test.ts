import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudsimHost } from '../../src/experiment/cloudsim-host.ts';
import { HostRecord, VmRecord } from '../../src/experiment/cloudsim-sla.ts';
import { CloudsimVm } from '../../src/experiment/cloudsim-vm.ts';
import { hostModels, vmSizes } from '../../src/experiment/planetlab-fleet.ts';
import { steady, trace } from './synthetic-traces.ts';

const [g4, g5] = hostModels;
const running = (index: number, size: number, percent: number): CloudsimVm => {
  const vm = new CloudsimVm(index, vmSizes[size]!, steady('vm', percent).cpu);
  vm.creating = false;
  return vm;
};

const serve = (host: CloudsimHost, seconds = 300.1): void => {
  host.update(seconds, { host: new HostRecord(), vm: () => new VmRecord() });
};

test('demand is linear between samples and the last sample is held', () => {
  const percents = Array.from({ length: 288 }, (_, k) => (k === 1 ? 50 : k === 287 ? 30 : 0));
  const vm = new CloudsimVm(0, vmSizes[0]!, trace('vm', percents).cpu);
  assert.equal(vm.utilizationAt(300), 0.5);
  assert.equal(vm.utilizationAt(450), 0.25);
  assert.ok(Math.abs(vm.utilizationAt(86_250) - 0.3) < 1e-12);
});

test('a VM asks for all it was promised while it is created, then for what the trace says', () => {
  const vm = new CloudsimVm(0, vmSizes[1]!, steady('vm', 10).cpu);
  assert.equal(vm.requestedMips, 2000);
  vm.creating = false;
  assert.equal(vm.requestedMips, 0);
  vm.update(300.1, 2000);
  assert.equal(vm.requestedMips, 200);
});

test('a full host gives all the same share, in whole MIPS', () => {
  const host = new CloudsimHost(0, g4!);
  for (const index of [0, 1, 2]) host.add(running(index, 1, 80));
  serve(host);
  // 3 x 1600 wanted of 3720: a share of 0.775, 1240 each.
  assert.equal(host.grantedMips, 3 * 1240);
  assert.equal(host.utilization, 1);
});

test('no VM gets more than a core, however idle the host is', () => {
  const host = new CloudsimHost(0, g4!);
  host.add(running(0, 0, 100));
  serve(host);
  assert.equal(host.grantedMips, 1860);
  assert.equal(host.requestedMips, 2500);
});

test('a migrating VM loses a tenth where it is and costs a tenth where it goes', () => {
  const [source, target] = [new CloudsimHost(0, g5!), new CloudsimHost(1, g5!)];
  const vm = running(0, 2, 40);
  source.add(vm);
  serve(source);
  target.expect(vm);
  serve(target);
  serve(source);
  assert.equal(source.grantedMips, 360);
  // The lost tenth is spent all the same.
  assert.ok(Math.abs(source.utilization - 400 / 5320) < 1e-12);
  assert.ok(Math.abs(target.utilization - 40 / 5320) < 1e-12);
  // Planning counts an arriving VM in full.
  assert.ok(Math.abs(target.grantedMips - 400) < 1e-9);
});

test('RAM counts only while a VM is created: afterwards any number fits', () => {
  const host = new CloudsimHost(1, g5!);
  const sizes = [1, 1].map((size, i) => new CloudsimVm(i, vmSizes[size]!, steady('vm', 1).cpu));
  for (const vm of sizes) {
    host.add(vm);
    vm.creating = false;
  }
  const third = new CloudsimVm(2, vmSizes[1]!, steady('vm', 1).cpu);
  assert.equal(host.suits(third), false);
  third.creating = false;
  assert.equal(host.suits(third), true);
});
