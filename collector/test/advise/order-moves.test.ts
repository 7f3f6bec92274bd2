import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { noHistory } from '../../src/advise/advice.ts';
import { createPlanning } from '../../src/advise/create-planning.ts';
import { buildFleetModel } from '../../src/advise/fleet-model.ts';
import { orderMoves } from '../../src/advise/order-moves.ts';
import { type CompactFleet, uuidOf } from './compact-fleet.ts';
import { scenarioInput } from './run-scenario.ts';

const order = (fleet: CompactFleet, wanted: Record<string, string>, policy: object = {}) => {
  const input = scenarioInput({ intent: '', fleet, policy, expect: {} });
  const model = buildFleetModel(input.snapshot, input.judgement, input.policy);
  const planning = createPlanning(model, noHistory, {
    seed: 1,
    forecastMove: () => {
      throw new Error('ordering asks for no forecast');
    },
  });
  const targets = new Map(
    Object.entries(wanted).map(([vm, host]) => [
      model.unitOf[model.vmIndex.get(uuidOf(vm))!]!,
      model.hostIndex.get(host)!,
    ]),
  );
  const result = orderMoves(planning.start, targets, planning.constraints(), planning.clock);
  return {
    steps: result.moves.map(
      (move) =>
        `${move.wave} ${model.vms[move.vm]!.name} ${model.hosts[move.from]!.name}>${model.hosts[move.to]!.name}${move.temporary ? ' for a while' : ''}`,
    ),
    stuck: result.stuck.map((one) => one.reason),
  };
};

/** Hosts with room for one VM only. */
const tight = { hostDefaults: { mem: 11, cores: 16 }, vmDefaults: { mem: 8, vcpus: 2, cpu: 0.2 } };

suite('ordering', () => {
  test('a swap goes through a third host', () => {
    const { steps, stuck } = order(
      { ...tight, hosts: { h1: {}, h2: {}, h3: {} }, vms: { x: { on: 'h1' }, y: { on: 'h2' } } },
      { x: 'h2', y: 'h1' },
    );
    assert.deepEqual(steps, ['0 x h1>h3 for a while', '1 y h2>h1', '2 x h3>h2']);
    assert.deepEqual(stuck, []);
  });

  test('a swap without a third host is impossible, and the reason says so', () => {
    const { steps, stuck } = order(
      { ...tight, hosts: { h1: {}, h2: {} }, vms: { x: { on: 'h1' }, y: { on: 'h2' } } },
      { x: 'h2', y: 'h1' },
    );
    assert.deepEqual(steps, []);
    assert.match(stuck[0]!, /memory that VMs may grow to .* no third host/);
  });

  test('a circle of three needs one detour only', () => {
    const { steps, stuck } = order(
      {
        ...tight,
        hosts: { h1: {}, h2: {}, h3: {}, h4: {} },
        vms: { x: { on: 'h1' }, y: { on: 'h2' }, z: { on: 'h3' } },
      },
      { x: 'h2', y: 'h3', z: 'h1' },
    );
    assert.deepEqual(steps, ['0 x h1>h4 for a while', '1 z h3>h1', '2 y h2>h3', '3 x h4>h2']);
    assert.deepEqual(stuck, []);
  });

  test('what makes room goes first, whatever the order it was asked in', () => {
    const { steps } = order(
      { ...tight, hosts: { h1: {}, h2: {}, h3: {} }, vms: { x: { on: 'h1' }, y: { on: 'h2' } } },
      { x: 'h2', y: 'h3' },
    );
    assert.deepEqual(steps, ['0 y h2>h3', '1 x h1>h2']);
  });

  test('a copy counts on both hosts while it runs', () => {
    // Both fit one after the other, never at once: the second waits until the first host is free.
    const { steps } = order(
      {
        hostDefaults: { mem: 20, cores: 16 },
        vmDefaults: { mem: 8, vcpus: 2, cpu: 0.2 },
        hosts: { h1: {}, h2: {}, h3: {} },
        vms: { a: { on: 'h1' }, b: { on: 'h2' }, c: { on: 'h2' } },
      },
      { a: 'h2', b: 'h3' },
    );
    assert.deepEqual(steps, ['0 b h2>h3', '1 a h1>h2']);
  });

  test('limits per host, per NIC and in total bound each wave', () => {
    const fleet: CompactFleet = {
      hosts: { h1: {}, h2: {}, h3: {}, h4: {} },
      vms: { a: { on: 'h1' }, b: { on: 'h1' }, c: { on: 'h1' }, d: { on: 'h2' }, e: { on: 'h2' } },
    };
    const wanted = { a: 'h3', b: 'h3', c: 'h4', d: 'h4', e: 'h4' };
    const waves = (limits: object) =>
      order(fleet, wanted, { limits }).steps.map((step) => Number(step.split(' ')[0]));
    assert.deepEqual(waves({ perHost: 5, perLink: 5, total: 5 }), [0, 0, 0, 0, 0]);
    assert.deepEqual(waves({ perHost: 1, perLink: 5, total: 5 }), [0, 0, 1, 1, 2]);
    assert.deepEqual(waves({ perHost: 5, perLink: 1, total: 5 }), [0, 0, 1, 1, 2]);
    assert.deepEqual(waves({ perHost: 5, perLink: 5, total: 2 }), [0, 0, 1, 1, 2]);
  });
});
