import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import type { Host } from '../../src/fleet/host.ts';
import type { Snapshot } from '../../src/fleet/snapshot.ts';
import type { Vm } from '../../src/fleet/vm.ts';
import { judgeStanding } from '../../src/advise/judge-standing.ts';
import { expandFleet } from './compact-fleet.ts';
import { randomFleet } from './random-fleet.ts';
import { adviseScenario, checkAlways, scenarioInput } from './run-scenario.ts';

const wrong = fc.constantFrom(NaN, -1, Infinity, -Infinity);

type Spoil = (snapshot: Snapshot, at: number, value: number) => { snapshot: Snapshot; host: string | null };

const spoilHost =
  (change: (host: Host, value: number) => Host): Spoil =>
  (snapshot, at, value) => {
    const i = at % snapshot.hosts.length;
    return {
      snapshot: {
        ...snapshot,
        hosts: snapshot.hosts.map((host, h) => (h === i ? change(host, value) : host)),
      },
      host: snapshot.hosts[i]!.name,
    };
  };

const spoilVm =
  (change: (vm: Vm, value: number) => Vm): Spoil =>
  (snapshot, at, value) => {
    if (snapshot.vms.length === 0) return { snapshot, host: null };
    const i = at % snapshot.vms.length;
    return {
      snapshot: { ...snapshot, vms: snapshot.vms.map((vm, v) => (v === i ? change(vm, value) : vm)) },
      host: snapshot.vms[i]!.host,
    };
  };

const spoils: Record<string, Spoil> = {
  'host cpu load': spoilHost((host, cpu) => ({ ...host, load: { ...host.load, cpu } })),
  'host mem load': spoilHost((host, mem) => ({ ...host, load: { ...host.load, mem } })),
  'host pressure': spoilHost((host, pressure) => ({ ...host, pressure })),
  'host cores': spoilHost((host, cpuCores) => ({ ...host, capacity: { ...host.capacity, cpuCores } })),
  'host memory': spoilHost((host, memBytes) => ({ ...host, capacity: { ...host.capacity, memBytes } })),
  'host NIC': spoilHost((host, nic) => ({ ...host, capacity: { ...host.capacity, nicBitsPerSecond: nic } })),
  'VM cores used': spoilVm((vm, cpuCores) => ({ ...vm, usage: { ...vm.usage, cpuCores } })),
  'VM memory used': spoilVm((vm, memBytes) => ({ ...vm, usage: { ...vm.usage, memBytes } })),
  'VM traffic': spoilVm((vm, rx) => ({ ...vm, usage: { ...vm.usage, netRxBytesPerSecond: rx } })),
  'VM load': spoilVm((vm, cpu) => ({ ...vm, load: { ...vm.load, cpu } })),
  'VM memory': spoilVm((vm, maximumBytes) => ({ ...vm, memory: { ...vm.memory, maximumBytes } })),
  'VM vCPUs': spoilVm((vm, vcpus) => ({ ...vm, vcpus })),
  'VM twice': (snapshot, at) => {
    if (snapshot.vms.length === 0) return { snapshot, host: null };
    const vm = snapshot.vms[at % snapshot.vms.length]!;
    return { snapshot: { ...snapshot, vms: [...snapshot.vms, { ...vm }] }, host: vm.host };
  },
  'VM nowhere': (snapshot, at) => ({
    ...spoilVm((vm) => ({ ...vm, host: 'nowhere' }))(snapshot, at, 0),
    host: null,
  }),
  'host twice': (snapshot, at) => {
    const host = snapshot.hosts[at % snapshot.hosts.length]!;
    return { snapshot: { ...snapshot, hosts: [...snapshot.hosts, { ...host }] }, host: host.name };
  },
};

suite('garbage in', () => {
  test(
    'impossible values: said, no crash, and no move from or to where they are',
    { timeout: 30_000 },
    () => {
      fc.assert(
        fc.property(
          randomFleet,
          fc.constantFrom(...Object.keys(spoils)),
          fc.nat(50),
          wrong,
          (fleet, what, at, value) => {
            const input = scenarioInput({ intent: '', fleet, expect: {} });
            const { snapshot, host } = spoils[what]!(input.snapshot, at, value);
            const spoiled = { ...input, snapshot };
            const advice = adviseScenario(spoiled);
            checkAlways(spoiled, advice);
            if (host === null) return;
            assert.ok(
              advice.refused.some((one) => one.kind === 'data'),
              `${what} = ${value} is not named`,
            );
            for (const made of advice.recommendations)
              for (const move of made.moves)
                assert.ok(
                  move.from !== host && move.to !== host,
                  `${what} = ${value}: ${move.vm} moves on ${host}`,
                );
          },
        ),
        { numRuns: 300, seed: 20260105 },
      );
    },
  );

  test('a mass of bad samples never gives a mass of moves', () => {
    const hosts = Object.fromEntries(Array.from({ length: 20 }, (_, h) => [`h${h}`, {}]));
    const vms = Object.fromEntries(
      Array.from({ length: 20 }, (_, h) => [`a${h}`, { on: `h${h}`, count: 4, vcpus: 2, cpu: 0.5 }]),
    );
    const clean = scenarioInput({ intent: '', fleet: { hosts, vms }, expect: {} });
    for (const bad of [0, 1, NaN, -1, 37]) {
      for (const share of [0.4, 0.7, 1]) {
        const snapshot = {
          ...clean.snapshot,
          hosts: clean.snapshot.hosts.map((host, h) =>
            h < 20 * share ? { ...host, load: { ...host.load, cpu: bad } } : host,
          ),
        };
        // Judge sees the same bad samples, long enough to believe them.
        const input = { ...clean, snapshot, judgement: judgeStanding(snapshot, clean.policy) };
        const advice = adviseScenario(input);
        const moves = advice.recommendations.reduce((sum, one) => sum + one.moves.length, 0);
        assert.ok(moves === 0, `${share * 100} % of hosts at ${bad}: ${moves} moves`);
      }
    }
  });

  test('no hosts, no VMs, nothing: one sentence', () => {
    const input = scenarioInput({ intent: '', fleet: { hosts: {} }, expect: {} });
    const advice = adviseScenario({ ...input, snapshot: expandFleet({ hosts: {} }) });
    assert.deepEqual(
      advice.refused.map((one) => one.reason),
      ['The fleet has no hosts.'],
    );
  });
});
