import type { Host } from '../fleet/host.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Vm } from '../fleet/vm.ts';
import type { RefusalCode } from './refusal.ts';

/** What forbids a VM a host whatever else runs there: pins, groups, networks, CPU, TLS, NUMA. Null: nothing. */
export const staticRefusal = (vm: Vm, from: Host, to: Host, policy: Policy): RefusalCode | null => {
  const { rules } = vm;
  if (rules.pinnedTo.length > 0 && !rules.pinnedTo.includes(to.name)) return 'not-pinned-there';
  if (rules.hostGroup !== null && !to.groups.includes(rules.hostGroup)) return 'not-in-group';
  const { networks } = to;
  if (networks !== undefined && rules.networks.some((network) => !networks.includes(network)))
    return 'network-missing';
  if (!cpuFits(vm, from, to)) return 'cpu-model';
  if (policy.migration.requireTls && !(offersTls(from) && offersTls(to))) return 'tls-missing';
  if (!numaFits(vm, to)) return 'numa-fit';
  return null;
};

const offersTls = (host: Host): boolean => host.features?.includes('tls-migration') === true;

/**
 * A VM that sees the host's own CPU needs the same model; any other needs the features it was given. Hosts list only
 * the features beyond their model, so one that the source does not list either comes with the model.
 */
const cpuFits = (vm: Vm, from: Host, to: Host): boolean => {
  const { cpuModel, cpuFeatures } = vm.rules;
  const sameModel = from.cpuModel === null || to.cpuModel === null || from.cpuModel === to.cpuModel;
  if ((cpuModel === 'host-passthrough' || cpuModel === 'host-model') && !sameModel) return false;
  return cpuFeatures.every(
    (feature) =>
      to.cpuFeatures?.includes(feature) === true ||
      (sameModel && (to.cpuFeatures === undefined || from.cpuFeatures?.includes(feature) !== true)),
  );
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
