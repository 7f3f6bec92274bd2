import type { Host } from '../fleet/host.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Vm } from '../fleet/vm.ts';
import { modelHasFeature, offersModel } from './cpu-models.ts';
import type { RefusalCode } from './refusal.ts';

/** What forbids a VM a host whatever else runs there: pins, groups, networks, CPU, TLS, NUMA. Null: nothing. */
export const staticRefusal = (vm: Vm, from: Host, to: Host, policy: Policy): RefusalCode | null => {
  const { rules } = vm;
  if (rules.pinnedTo.length > 0 && !rules.pinnedTo.includes(to.name)) return 'not-pinned-there';
  if (rules.hostGroup !== null && !to.groups.includes(rules.hostGroup)) return 'not-in-group';
  const { networks } = to;
  if (networks !== undefined && rules.networks.some((network) => !networks.includes(network)))
    return 'network-missing';
  if (!modelFits(vm, from, to)) return 'cpu-model';
  if (!rules.cpuFeatures.every((feature) => hasFeature(from, to, feature))) return 'cpu-feature';
  if (policy.migration.requireTls && !(offersTls(from) && offersTls(to))) return 'tls-missing';
  if (!numaFits(vm, to)) return 'numa-fit';
  return null;
};

const offersTls = (host: Host): boolean => host.features?.includes('tls-migration') === true;

/**
 * A VM that sees the host's own CPU needs the same model; one with a model of its own needs a host that can offer it.
 * What is not known refuses nothing.
 */
const modelFits = (vm: Vm, from: Host, to: Host): boolean => {
  const { cpuModel } = vm.rules;
  if (cpuModel === null || to.cpuModel === null || from.cpuModel === to.cpuModel) return true;
  if (cpuModel === 'host-passthrough' || cpuModel === 'host-model') return from.cpuModel === null;
  return offersModel(to.cpuModel, cpuModel) !== false;
};

/**
 * Hosts list only the features beyond their model, so one that is not listed may come with the model: by name where
 * that is known; else a host of the same or a younger model has it when the source, that must have it, lists it not.
 */
const hasFeature = (from: Host, to: Host, feature: string): boolean => {
  if (to.cpuFeatures?.includes(feature) === true) return true;
  const known = to.cpuModel === null ? null : modelHasFeature(to.cpuModel, feature);
  if (known !== null) return known;
  const asYoung =
    from.cpuModel === null ||
    to.cpuModel === null ||
    from.cpuModel === to.cpuModel ||
    offersModel(to.cpuModel, from.cpuModel) === true;
  return asYoung && (to.cpuFeatures === undefined || from.cpuFeatures?.includes(feature) !== true);
};

const numaFits = (vm: Vm, to: Host): boolean => {
  const span = vm.rules.numaNodes;
  const nodes = to.capacity.numaNodes;
  if (span === 0 || nodes === undefined || nodes.length === 0) return true;
  const best = (size: (node: { cpuCores: number; memBytes: number }) => number) =>
    nodes
      .map(size)
      .sort((a, b) => b - a)
      .slice(0, span)
      .reduce((a, b) => a + b, 0);
  return best((node) => node.memBytes) >= vm.memory.maximumBytes && best((node) => node.cpuCores) >= vm.vcpus;
};
