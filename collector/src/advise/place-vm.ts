import type { Host } from '../fleet/host.ts';
import type { Judgement } from '../fleet/judgement.ts';
import type { Policy } from '../fleet/policy.ts';
import type { HostEffect } from '../fleet/recommendation.ts';
import type { Snapshot } from '../fleet/snapshot.ts';
import { freeVmRules, type Vm, type VmRules } from '../fleet/vm.ts';
import { type AdviseOptions, noHistory } from './advice.ts';
import { checkSnapshot } from './check-snapshot.ts';
import { whyNowhere } from './choose-target.ts';
import { createPlanning } from './create-planning.ts';
import { buildFleetModel } from './fleet-model.ts';
import type { Planning } from './planning.ts';
import { rankUnit, type RankedTargets, type RefusedTarget } from './rank-targets.ts';
import { wakingOrder } from './waking-order.ts';
import { bytesText, plural } from './wording.ts';

export type NewVm = {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Share of its vCPUs that it is expected to use. */
  readonly expectedCpu?: number;
  readonly rules?: Partial<VmRules>;
};

export type PlaceAdvice = {
  /** Where it should be started; null: nowhere. */
  readonly host: string | null;
  /** That host is off and must be switched on first. */
  readonly switchOn: boolean;
  readonly reason: string;
  /** The host before and after. */
  readonly effects: readonly HostEffect[];
  /** How much the balance objective falls; negative: it grows. */
  readonly gain: number;
  /** Hosts that could take it as well, best first, and why they lost. */
  readonly alternatives: readonly {
    readonly host: string;
    readonly lost: string;
    readonly effects: readonly HostEffect[];
  }[];
  readonly refused: readonly RefusedTarget[];
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
): PlaceAdvice => {
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
  const u = model.unitOf[model.vmIndex.get(uuid)!]!;
  const ranked = cleared(rankUnit(planning, u, () => null));
  const what = `${wanted.name} (${plural(wanted.vcpus, 'vCPU')}, ${bytesText(wanted.memoryBytes)})`;
  const [best, ...others] = ranked.targets;
  if (best !== undefined)
    return {
      host: best.host,
      switchOn: false,
      reason: `${what} should be started on ${best.host}: ${best.reason}`,
      effects: best.effects,
      gain: best.gain,
      alternatives: others.map(({ host, reason, effects }) => ({
        host,
        lost: `${reason.replace(/\.$/, '')}; ${best.host} keeps at least as much.`,
        effects,
      })),
      refused: ranked.refused,
    };
  return placeOnHostThatIsOff(planning, u, what, ranked.refused);
};

/** No host that is on takes it: which one to switch on for it, if that helps. */
const placeOnHostThatIsOff = (
  planning: Planning,
  u: number,
  what: string,
  refused: readonly RefusedTarget[],
): PlaceAdvice => {
  const { model, start } = planning;
  const off = model.hosts
    .map((_, h) => h)
    .filter((h) => model.noTarget[h] === 'host-off')
    .sort((a, b) => wakingOrder(model, a, b));
  const able = off.flatMap((h) => {
    const constraints = planning.constraints({ disturbResting: true, switchedOn: new Set([h]) });
    const [target] = cleared(rankUnit(planning, u, () => null, constraints)).targets;
    return target === undefined ? [] : [target];
  });
  const [best, ...others] = able;
  const why = whyNowhere(planning.constraints({ disturbResting: true }), start, u);
  if (best === undefined)
    return {
      host: null,
      switchOn: false,
      reason: `${what} finds no place: ${why}.`,
      effects: [],
      gain: 0,
      alternatives: [],
      refused,
    };
  return {
    host: best.host,
    switchOn: true,
    reason: `No host that is on can take ${what}, so ${best.host} must be switched on for it: ${why}.`,
    effects: best.effects,
    gain: best.gain,
    alternatives: others.map(({ host, effects }) => ({
      host,
      lost: `${host} is off, too; ${best.host} comes first by priority, work per watt and size.`,
      effects,
    })),
    refused: refused.filter((one) => !able.some(({ host }) => host === one.host)),
  };
};

/** Without the place that stands for nowhere. */
const cleared = ({ targets, refused }: RankedTargets): RankedTargets => ({
  targets: targets.map((target) => ({
    ...target,
    effects: target.effects.filter((effect) => effect.host !== nowhere),
  })),
  refused: refused.filter((one) => one.host !== nowhere),
});
