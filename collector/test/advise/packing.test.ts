import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { advise } from '../../src/advise/advise.ts';
import { buildFleetModel } from '../../src/advise/fleet-model.ts';
import { forecastMove } from '../../src/advise/migration-forecast.ts';
import { Placement } from '../../src/advise/placement.ts';
import { safest, takesBursts } from '../../src/advise/surge.ts';
import { uncalibrated } from '../../src/fleet/migration-calibration.ts';
import type { CompactFleet, CompactHost, CompactVm } from './compact-fleet.ts';
import { scenarioInput } from './run-scenario.ts';

/** Fleets of more hosts than all sets of which are looked at. */
const hostCount = 12;
const full = {
  reserve: { hosts: 0, share: 0 },
  margin: 0,
  loadMax: { cpu: 1, mem: 1 },
  overcommit: { hostReservedBytes: 0 },
};

const fleetOf = (
  vms: Record<string, CompactVm>,
  host: (h: number) => CompactHost = () => ({}),
): CompactFleet => ({
  hostDefaults: { cores: 16, mem: 32 },
  hosts: Object.fromEntries(Array.from({ length: hostCount }, (_, h) => [`h${h}`, host(h)])),
  vms,
});

/** One VM on each host. */
const oneEach = (vm: (h: number) => Omit<CompactVm, 'on'>): Record<string, CompactVm> =>
  Object.fromEntries(Array.from({ length: hostCount }, (_, h) => [`v${h}`, { on: `h${h}`, ...vm(h) }]));

const consolidated = (fleet: CompactFleet, policy: object = full) => {
  const input = scenarioInput({ intent: '', fleet, policy, expect: {} });
  const { recommendations, refused } = advise(input.snapshot, input.judgement, input.history, input.policy, {
    seed: 1,
    forecastMove: (vm, from, to) =>
      forecastMove(vm, from, to, { policy: input.policy, calibration: uncalibrated }),
  });
  const [plan] = recommendations;
  return {
    kind: plan?.kind,
    off: plan?.power.map(({ host }) => host).sort() ?? [],
    moves: Object.fromEntries(plan?.moves.map(({ vm, to }) => [vm, to]) ?? []),
    refused: refused.map(({ reason }) => reason),
  };
};

suite('packing a fleet of many hosts', () => {
  test('comes down to what memory needs, and no further', () => {
    const { kind, off, moves } = consolidated(fleetOf(oneEach(() => ({ mem: 16 }))));
    assert.equal(kind, 'consolidate');
    assert.equal(off.length, 6);
    assert.equal(Object.keys(moves).length, 6);
    assert.deepEqual(consolidated(fleetOf(oneEach(() => ({ mem: 17 })))).off, []);
  });

  test('fills the fullest host first, so that sizes fit together', () => {
    // Two of 20, four of 12: a 12 beside each 20, and two 12 on one host. Spread out it would take one more.
    const sizes = [20, 20, 12, 12, 12, 12];
    const vms = Object.fromEntries(sizes.map((mem, h) => [`v${h}`, { on: `h${h}`, mem }]));
    assert.equal(consolidated(fleetOf(vms)).off.length, hostCount - 3);
  });

  test('empties the least important hosts first, then those that cost most for what they carry', () => {
    const costly = (h: number): CompactHost => ({
      energy: { idleWatts: h % 2 === 0 ? 200 : 100, maxWatts: 300, bootSeconds: 60 },
      priority: h === 1 ? 10 : 50,
    });
    const { off } = consolidated(
      fleetOf(
        oneEach(() => ({ mem: 16 })),
        costly,
      ),
    );
    assert.deepEqual(off, ['h0', 'h1', 'h2', 'h4', 'h6', 'h8']);
  });

  test('moves no more than one plan may', () => {
    const { off, moves } = consolidated(fleetOf(oneEach(() => ({ mem: 16 }))), {
      ...full,
      limits: { perPlan: 2 },
    });
    assert.equal(Object.keys(moves).length, 2);
    assert.equal(off.length, 2);
  });

  test('keeps the reserve', () => {
    const { off } = consolidated(fleetOf(oneEach(() => ({ mem: 16 }))), {
      ...full,
      reserve: { hosts: 2, share: 0 },
    });
    assert.equal(off.length, 4);
  });

  test('brings a VM that could ask for a whole host where another host can take that', () => {
    // Busy and quiet hosts have the same memory free; h1 to h5 are busy and have VMs that could jump.
    const vms = oneEach((h) => ({
      mem: 16,
      vcpus: h >= 1 && h <= 5 ? 12 : 2,
      cpu: h === 0 ? 0.1 : 0.2,
    }));
    vms.v0 = { on: 'h0', mem: 16, vcpus: 12, cpu: 0.1 };
    const only = (h: number): CompactHost => ({ priority: h === 0 ? 0 : 50, power: 'on' });
    const { moves } = consolidated(fleetOf(vms, only), { ...full, limits: { perPlan: 1 } });
    assert.deepEqual(Object.keys(moves), ['v0']);
    assert.ok(['h6', 'h7', 'h8', 'h9', 'h10', 'h11'].includes(moves.v0!), moves.v0);
  });
});

suite('safety against bursts', () => {
  const modelOf = (fleet: CompactFleet) => {
    const { snapshot, judgement, policy } = scenarioInput({ intent: '', fleet, policy: full, expect: {} });
    return buildFleetModel(snapshot, judgement, policy);
  };

  test('counts the VMs that jump the furthest, the others at what is expected of them', () => {
    const vm = { vcpus: 4, cpu: 0.1 };
    const model = modelOf({
      hosts: { small: { cores: 8 }, large: { cores: 9 }, own: { cores: 8 } },
      vms: {
        a: { on: 'small', ...vm },
        b: { on: 'large', ...vm },
        c: { on: 'own', ...vm },
        d: { on: 'small', ...vm },
      },
    });
    const placement = new Placement(model);
    const steps = (u: string, h: string) =>
      Array.from({ length: safest + 1 }, (_, safety) =>
        takesBursts(
          placement,
          model.unitOf[model.vms.findIndex(({ name }) => name === u)]!,
          model.hostIndex.get(h)!,
          safety,
        ),
      );
    // 3 x 0.4 and two jumps of 3.6: 8.4 of 8 cores; one jump makes 4.8.
    assert.deepEqual(steps('c', 'small'), [true, true, true, false]);
    assert.deepEqual(steps('c', 'large'), [true, true, true, true]);
  });

  test('knows cores that are too slow for one virtual CPU', () => {
    const model = modelOf({
      hosts: { fast: { cores: 8, mhz: 3000 }, slow: { cores: 32, mhz: 2000 } },
      vms: { a: { on: 'fast', vcpus: 1, cpu: 0.1 } },
    });
    const placement = new Placement(model);
    assert.equal(takesBursts(placement, 0, model.hostIndex.get('slow')!, 1), false);
    assert.equal(takesBursts(placement, 0, model.hostIndex.get('slow')!, 0), true);
  });
});
