import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { defaultPolicy } from '../../src/fleet/default-policy.ts';
import type { Host } from '../../src/fleet/host.ts';
import type { Policy } from '../../src/fleet/policy.ts';
import type { Vm } from '../../src/fleet/vm.ts';
import { host, JudgedFleet, kindsOf, load, vm } from './judged-fleet.ts';

const runs = { numRuns: 40, seed: 20260105 };
const cadenceMs = 300_000;

/** A few hosts over a few hours, as loads by tick and host. */
const histories = fc
  .record({ hosts: fc.integer({ min: 2, max: 5 }), ticks: fc.integer({ min: 5, max: 20 }) })
  .chain(({ hosts, ticks }) =>
    fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: hosts, maxLength: hosts }), {
      minLength: ticks,
      maxLength: ticks,
    }),
  );

const fleetAt = (loads: readonly number[]): { hosts: Host[]; vms: Vm[] } => ({
  hosts: loads.map((cpu, h) => host(`host-${h}`, { load: load(cpu) })),
  vms: loads.map((cpu, h) => vm(h, `host-${h}`, { load: load(cpu, cpu / 2) })),
});

const play = (
  history: readonly (readonly number[])[],
  change: (fleet: { hosts: Host[]; vms: Vm[] }, tick: number) => { hosts: Host[]; vms: Vm[] },
  policy: Policy = defaultPolicy,
): string[][] => {
  const fleet = new JudgedFleet(policy, cadenceMs);
  return history.map((loads, tick) => {
    const { hosts, vms } = change(fleetAt(loads), tick);
    return kindsOf(fleet.tick(hosts, vms));
  });
};

test('hosts and VMs in another order are judged alike', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const turned = play(history, ({ hosts, vms }) => ({
        hosts: [...hosts].reverse(),
        vms: [...vms].reverse(),
      }));
      assert.deepEqual(
        turned,
        play(history, (fleet) => fleet),
      );
    }),
    runs,
  );
});

test('hosts and VMs that are all larger by the same factor are judged alike', () => {
  const scale = 4;
  const larger = ({ hosts, vms }: { hosts: Host[]; vms: Vm[] }) => ({
    hosts: hosts.map((one) => ({
      ...one,
      capacity: {
        cpuCores: one.capacity.cpuCores * scale,
        memBytes: one.capacity.memBytes * scale,
        nicBitsPerSecond: (one.capacity.nicBitsPerSecond ?? 0) * scale,
        diskBytesPerSecond: null,
      },
    })),
    vms: vms.map((one) => ({
      ...one,
      vcpus: one.vcpus * scale,
      memory: {
        ...one.memory,
        maximumBytes: one.memory.maximumBytes * scale,
        currentBytes: one.memory.currentBytes * scale,
      },
      usage: { ...one.usage, cpuCores: one.usage.cpuCores! * scale, memBytes: one.usage.memBytes! * scale },
    })),
  });
  const { overcommit } = defaultPolicy;
  const scaled: Policy = {
    ...defaultPolicy,
    overcommit: { ...overcommit, hostReservedBytes: overcommit.hostReservedBytes * scale },
  };
  fc.assert(
    fc.property(histories, (history) => {
      assert.deepEqual(
        play(history, larger, scaled),
        play(history, (fleet) => fleet),
      );
    }),
    runs,
  );
});

/** What is said because data are missing, and may be said. */
const aboutData = /^(stale|insufficient-data) /;

test('where a sample is missing nothing begins but the word about it, and hot and cold spots never come of it', () => {
  const missing = fc.array(fc.integer({ min: 0, max: 19 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(histories, missing, (history, gaps) => {
      const whole = play(history, (fleet) => fleet);
      const broken = play(history, ({ hosts, vms }, tick) => ({
        hosts: hosts.map((one, h) =>
          h === 0 && gaps.includes(tick) ? { ...one, load: load(null, null), freshness: 'never' } : one,
        ),
        vms,
      }));
      const everSaid = new Set<string>();
      broken.forEach((kinds, tick) => {
        whole[tick]!.forEach((kind) => everSaid.add(kind));
        if (gaps.includes(tick)) {
          const before = broken[tick - 1] ?? [];
          for (const kind of kinds) {
            const isOfTheGap = kind.endsWith(' host-0') || kind.endsWith(' vm-0') || kind.endsWith(' test');
            if (isOfTheGap && !aboutData.test(kind))
              assert.ok(before.includes(kind), `${kind} began without data`);
          }
        }
        for (const kind of kinds) {
          if (/^(hotspot|coldspot) /.test(kind))
            assert.ok(everSaid.has(kind), `${kind} came of a missing sample`);
        }
      });
    }),
    runs,
  );
});

test('a stale host is never cold, whatever it was before', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 19 }), (history, from) => {
      const judged = play(
        history.map((loads) => loads.map((cpu) => cpu / 4)),
        ({ hosts, vms }, tick) => ({
          hosts: hosts.map((one) => (tick < from ? one : { ...one, freshness: 'stale', sampledAt: 0 })),
          vms,
        }),
      );
      judged.slice(from).forEach((kinds) => {
        assert.ok(!kinds.some((kind) => kind.startsWith('coldspot ')), kinds.join());
      });
    }),
    runs,
  );
});
