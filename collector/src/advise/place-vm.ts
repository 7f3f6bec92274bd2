import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import { freeVmRules, type Vm, type VmRules } from '../fleet/vm.ts';
import { type AdviseOptions, noHistory } from './advice.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { createPlanning } from './create-planning.ts';
import { buildFleetModel } from './fleet-model.ts';
import { rankUnit, type RankedTargets } from './rank-targets.ts';

export type NewVm = {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Share of its vCPUs that it is expected to use. */
  readonly expectedCpu?: number;
  readonly rules?: Partial<VmRules>;
};

/** Stands for "nowhere yet": a host that is on, offers everything and is never a target. */
const nowhere = '(new)';

/** Where a VM that does not run yet should be started: all its memory counts, and half of its vCPUs unless told otherwise. */
export const placeVm = (
  snapshot: Snapshot,
  judgement: Judgement,
  policy: Policy,
  wanted: NewVm,
  options: AdviseOptions,
): RankedTargets => {
  const check = checkSnapshot(snapshot, judgement);
  const cpu = wanted.expectedCpu ?? 0.5;
  const uuid = '00000000-0000-0000-0000-000000000000';
  const vm: Vm = {
    uuid,
    name: wanted.name,
    host: nowhere,
    state: 'running',
    vcpus: wanted.vcpus,
    memory: {
      maximumBytes: wanted.memoryBytes,
      currentBytes: wanted.memoryBytes,
      usedBytes: wanted.memoryBytes,
      source: 'allocation',
      trusted: true,
    },
    load: { cpu, mem: 1, net: null, disk: null },
    pressure: null,
    usage: {
      cpuCores: cpu * wanted.vcpus,
      memBytes: wanted.memoryBytes,
      netRxBytesPerSecond: 0,
      netTxBytesPerSecond: 0,
      diskReadBytesPerSecond: 0,
      diskWriteBytesPerSecond: 0,
      diskRequestsPerSecond: 0,
    },
    dirtyRate: null,
    priority: 50,
    rules: { ...freeVmRules, ...wanted.rules, localDiskBytes: 0 },
    freshness: 'fresh',
    sampledAt: snapshot.at,
    source: 'file',
  };
  const pen: Host = {
    name: nowhere,
    zone: null,
    rack: null,
    groups: [],
    priority: 0,
    labels: {},
    power: 'on',
    maintenance: false,
    neverTarget: true,
    capacity: {
      cpuCores: wanted.vcpus,
      memBytes: wanted.memoryBytes,
      nicBitsPerSecond: null,
      diskBytesPerSecond: null,
    },
    cpuModel: null,
    features: ['tls-migration'],
    load: { cpu, mem: 1, net: null, disk: null },
    pressure: 0,
    usage: vm.usage,
    freshness: 'fresh',
    sampledAt: snapshot.at,
    source: 'file',
    trouble: [],
  };
  const wider = { ...snapshot, hosts: [...snapshot.hosts, pen], vms: [...snapshot.vms, vm] };
  const model = buildFleetModel(wider, judgement, policy, check.untrusted);
  const planning = createPlanning(model, noHistory, options);
  const ranked = rankUnit(planning, model.unitOf[model.vmIndex.get(uuid)!]!, () => null);
  return {
    targets: ranked.targets.map((target) => ({
      ...target,
      effects: target.effects.filter((effect) => effect.host !== nowhere),
    })),
    refused: ranked.refused.filter((one) => one.host !== nowhere),
  };
};
