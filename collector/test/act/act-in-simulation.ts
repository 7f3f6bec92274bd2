import type { TestContext } from 'node:test';
import type { HostAddress } from '../../src/act/libvirt-hypervisor.ts';
import { createSimClock } from '../../src/simulate/sim-clock.ts';
import type { SimVmPlan } from '../../src/simulate/sim-vm.ts';
import { SimulatedFleet } from '../../src/simulate/simulated-fleet.ts';
import type { Workload } from '../../src/simulate/workload.ts';

const mebibyte = 2 ** 20;

const quiet: Workload = (_seconds, into) => {
  Object.assign(into, {
    cpu: 0.05,
    mem: 0.3,
    rxBytesPerSecond: 100,
    txBytesPerSecond: 100,
    readBytesPerSecond: 0,
    writeBytesPerSecond: 0,
    pageWritesPerSecond: 20,
  });
};

export const uuidOf = (number: number): string =>
  `00000000-0000-4000-a000-${String(number).padStart(12, '0')}`;

const vmPlan = (number: number, memMib: number): SimVmPlan => ({
  uuid: uuidOf(number),
  name: `vm${number}`,
  vcpus: 1,
  memBytes: memMib * mebibyte,
  workload: quiet,
  seed: number,
});

export type Simulation = {
  readonly simulated: SimulatedFleet;
  readonly addresses: Map<string, HostAddress>;
};

/** Hosts h0, h1, ... with guests vm0, vm1, ... dealt out to them in turn. */
export const simulation = async (
  t: TestContext,
  hosts: number,
  vms: number,
  memMib = 64,
  nicBitsPerSecond = 10e9,
): Promise<Simulation> => {
  const plans = Array.from({ length: hosts }, (_, host) => ({
    name: `h${host}`,
    uuid: `00000000-0000-4000-b000-${String(host).padStart(12, '0')}`,
    cores: 8,
    memBytes: 8192 * mebibyte,
    nicBitsPerSecond,
    vms: Array.from({ length: vms }, (_, vm) => vm)
      .filter((vm) => vm % hosts === host)
      .map((vm) => vmPlan(vm, memMib)),
  }));
  const simulated = await SimulatedFleet.start({ hosts: plans }, { clock: createSimClock(Date.now) });
  t.after(() => {
    simulated.stop();
  });
  return {
    simulated,
    addresses: new Map(
      [...simulated.uris()].map(([name, uri]) => [name, { uri, migrationUri: uri, dataUri: null }]),
    ),
  };
};
