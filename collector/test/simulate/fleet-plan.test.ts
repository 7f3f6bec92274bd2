import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { planFleet } from '../../src/simulate/fleet-plan.ts';
import { readTraces } from '../../src/simulate/read-traces.ts';
import { createSimClock } from '../../src/simulate/sim-clock.ts';
import { SimFleet } from '../../src/simulate/sim-fleet.ts';
import { noDemand } from '../../src/simulate/workload.ts';

const morning = 1_800_000_000 - (1_800_000_000 % 86_400) + 9 * 3600;

const demandsOf = (plan: ReturnType<typeof planFleet>, seconds: number) =>
  plan.hosts.flatMap(({ vms }) =>
    vms.map((vm) => {
      const demand = noDemand();
      vm.workload(seconds, demand);
      return demand;
    }),
  );

test('the same seed gives the same fleet and the same load, another one another', () => {
  const options = { hosts: 6, vms: 60, seed: 3 };
  const [one, two] = [planFleet(options), planFleet(options)];
  assert.deepEqual(demandsOf(one, morning), demandsOf(two, morning));
  const facts = (plan: typeof one) =>
    plan.hosts.map(({ name, cores, vms }) => [name, cores, vms.map((vm) => [vm.uuid, vm.name, vm.memBytes])]);
  assert.deepEqual(facts(one), facts(two));
  assert.notDeepEqual(demandsOf(planFleet({ ...options, seed: 4 }), morning), demandsOf(one, morning));
  const uuids = one.hosts.flatMap(({ vms }) => vms.map(({ uuid }) => uuid));
  assert.equal(new Set(uuids).size, 60);
  for (const uuid of uuids)
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('load is believable: within bounds, lower at night, and some of it comes in bursts', () => {
  const plan = planFleet({ hosts: 20, vms: 400, seed: 1 });
  const mean = (seconds: number): number => {
    const demands = demandsOf(plan, seconds);
    for (const { cpu, mem, pageWritesPerSecond } of demands) {
      assert.ok(cpu > 0 && cpu <= 1 && mem > 0 && mem < 1 && pageWritesPerSecond > 0);
    }
    return demands.reduce((sum, { cpu }) => sum + cpu, 0) / demands.length;
  };
  const night = mean(morning - 6 * 3600);
  const noon = mean(morning + 6 * 3600);
  assert.ok(night * 1.7 < noon, `night ${night}, afternoon ${noon}`);
  const jumps = plan.hosts
    .flatMap(({ vms }) => vms)
    .filter((vm) => {
      const [before, after] = [noDemand(), noDemand()];
      for (let minute = 0; minute < 240; minute += 1) {
        vm.workload(morning + minute * 60, before);
        vm.workload(morning + (minute + 1) * 60, after);
        if (after.cpu - before.cpu > 0.4) return true;
      }
      return false;
    });
  assert.ok(jumps.length > 10, `${jumps.length} VMs ever jump`);
});

test('the situations of the demonstration: a hot host, one that becomes hot, cold ones', () => {
  let now = morning * 1000;
  const plan = planFleet({ hosts: 12, vms: 150, seed: 1, situations: { atSeconds: morning } });
  const fleet = new SimFleet(
    plan,
    createSimClock(() => now),
  );
  const load = (host: string): number => {
    const simulated = fleet.host(host);
    simulated.advance();
    return simulated.load.cores / simulated.plan.cores;
  };
  now += 60_000;
  assert.ok(load('host-03') > 0.8, String(load('host-03')));
  assert.ok(load('host-07') < 0.7, String(load('host-07')));
  assert.ok(load('host-12') < 0.2);
  now += 35 * 60_000;
  assert.ok(load('host-07') > 0.8, String(load('host-07')));
});

test('traces are replayed value by value, and what is no trace is named', (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'evenkeel-traces-'));
  t.after(() => {
    rmSync(directory, { recursive: true });
  });
  assert.throws(() => readTraces(directory), /holds no traces/);
  writeFileSync(path.join(directory, 'a'), '10\n30\n');
  const [vm] = planFleet({
    hosts: 1,
    vms: 1,
    seed: 1,
    traces: { series: readTraces(directory), stepSeconds: 300 },
  }).hosts[0]!.vms;
  const demand = noDemand();
  vm!.workload(600_000, demand);
  assert.ok(Math.abs(demand.cpu - 0.1) < 1e-9);
  vm!.workload(600_150, demand);
  assert.ok(Math.abs(demand.cpu - 0.2) < 1e-9, 'half way between two values');
  writeFileSync(path.join(directory, 'b'), '10\nmuch\n');
  assert.throws(() => readTraces(directory), /b:2 has "much"; a trace has one value 0 to 100/);
});
