import fc from 'fast-check';
import type { CompactFleet, CompactVm } from './compact-fleet.ts';

const oneOf = <T>(...values: T[]) => fc.constantFrom(...values);

/** Fleets up to 8 hosts and 40 VMs, as the exact solver is meant for. */
export const smallFleet = (heat: number): fc.Arbitrary<CompactFleet> =>
  fc
    .record({
      hosts: fc.array(
        fc.record({
          cores: oneOf(8, 16, 32),
          mem: oneOf(32, 64, 128),
          priority: fc.integer({ min: 0, max: 100 }),
        }),
        { minLength: 3, maxLength: 8 },
      ),
      vms: fc.array(
        fc.record({
          on: fc.nat(7),
          vcpus: oneOf(1, 2, 4),
          mem: oneOf(1, 2, 4, 8),
          cpu: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
          used: fc.double({ min: 0.2, max: 0.9, noNaN: true }),
        }),
        { minLength: 10, maxLength: 40 },
      ),
    })
    .map(({ hosts, vms }) => ({
      hosts: Object.fromEntries(hosts.map((host, i) => [`h${i}`, host])),
      vms: Object.fromEntries(
        vms.map((vm, i): [string, CompactVm] => [
          `v${i}`,
          // Squared, so that fleets are crowded on some hosts and empty on others.
          { ...vm, on: `h${Math.floor((vm.on / 8) ** 2 * hosts.length)}`, cpu: vm.cpu * heat },
        ]),
      ),
    }));
