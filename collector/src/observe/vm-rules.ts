import { freeVmRules, type VmRules } from '../fleet/vm.ts';
import type { DiskSize } from './domain-reading.ts';
import type { DomainFacts } from './domain-xml.ts';
import type { VmRulesConfig } from './vm-rules-config.ts';

export type VmConstraints = { readonly rules: VmRules; readonly priority: number };

const defaultPriority = 50;

/** Until a VM's definition was read, what forbids its migration is not known: so it is not moved. */
export const unreadConstraints: VmConstraints = {
  rules: { ...freeVmRules, neverMigrate: true },
  priority: defaultPriority,
};

/** Joins a VM's definition, its metadata and the fleet file; the fleet file wins, its later entries over earlier ones. */
export function vmConstraints(
  vm: { readonly uuid: string; readonly name: string },
  facts: DomainFacts | null,
  diskSizes: readonly DiskSize[],
  config: readonly VmRulesConfig[],
  sharedStorage: readonly string[],
): VmConstraints {
  const own = facts?.metadata ?? {};
  const said = config.filter(({ match }) => matches(match, vm));
  const merged = said.reduce<Omit<VmRulesConfig, 'match'>>((rules, entry) => ({ ...rules, ...entry }), own);
  const local = (facts?.disks ?? []).filter(
    ({ path, shareable }) => !shareable && !sharedStorage.some((prefix) => path.startsWith(prefix)),
  );
  return {
    priority: merged.priority ?? defaultPriority,
    rules: {
      neverMigrate: merged.neverMigrate ?? false,
      pinnedTo: merged.pinnedTo ?? [],
      hostGroup: merged.hostGroup ?? null,
      affinity: merged.affinity ?? [],
      antiAffinity: merged.antiAffinity ?? [],
      zoneSpread: merged.zoneSpread ?? null,
      localDisks: merged.localDisks ?? 'refuse',
      blockedDevices: facts?.blockedDevices ?? [],
      // a local disk whose size was not reported is still a local disk
      localDiskBytes: local.reduce(
        (sum, { path }) => sum + (diskSizes.find((disk) => disk.path === path)?.bytes ?? 1),
        0,
      ),
      networks: [...new Set(facts?.networks ?? [])],
      cpuModel: facts?.cpuModel ?? null,
      cpuFeatures: facts?.cpuFeatures ?? [],
      numaNodes: facts?.numaNodes ?? 0,
    },
  };
}

function matches(pattern: string, vm: { readonly uuid: string; readonly name: string }): boolean {
  if (pattern === vm.uuid) return true;
  const expression = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${expression}$`, 's').test(vm.name);
}
