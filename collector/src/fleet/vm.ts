import { Type, type Static } from 'typebox';
import { Freshness, Source } from './freshness.ts';
import { Load, orUnknown } from './load.ts';
import { Usage } from './usage.ts';

export const VmMemory = Type.Object({
  maximumBytes: Type.Number({
    exclusiveMinimum: 0,
    description: 'what the VM may grow to; what a target must be able to hold',
  }),
  currentBytes: Type.Number({ minimum: 0, description: 'what the balloon gives it now' }),
  usedBytes: orUnknown(Type.Number({ minimum: 0 })),
  source: Type.Enum(['balloon', 'rss', 'allocation'], { description: 'where usedBytes comes from' }),
  trusted: Type.Boolean({ description: 'false while the balloon driver is silent' }),
});
export type VmMemory = Static<typeof VmMemory>;

/** What may be done with a VM: from the fleet file and from libvirt domain metadata. Exclusions win over everything. */
export const VmRules = Type.Object({
  neverMigrate: Type.Boolean(),
  pinnedTo: Type.Array(Type.String(), { description: 'host names it may run on; empty: any' }),
  hostGroup: orUnknown(Type.String()),
  affinity: Type.Array(Type.String(), { description: 'names of groups whose VMs stay on one host' }),
  antiAffinity: Type.Array(Type.String(), {
    description: 'names of groups whose VMs stay on different hosts',
  }),
  zoneSpread: orUnknown(Type.String({ description: 'name of a group whose VMs spread evenly over zones' })),
  blockedDevices: Type.Array(Type.String(), { description: 'devices that cannot be migrated' }),
  localDiskBytes: Type.Number({ minimum: 0 }),
  localDisks: Type.Enum(['refuse', 'copy']),
  networks: Type.Array(Type.String(), { description: 'bridges and networks that a target must have' }),
  cpuModel: orUnknown(Type.String()),
  cpuFeatures: Type.Array(Type.String()),
  numaNodes: Type.Integer({ minimum: 0, description: 'how many NUMA nodes it may span; 0: no matter' }),
});
export type VmRules = Static<typeof VmRules>;

export const freeVmRules: VmRules = {
  neverMigrate: false,
  pinnedTo: [],
  hostGroup: null,
  affinity: [],
  antiAffinity: [],
  zoneSpread: null,
  blockedDevices: [],
  localDiskBytes: 0,
  localDisks: 'refuse',
  networks: [],
  cpuModel: null,
  cpuFeatures: [],
  numaNodes: 0,
};

export const Vm = Type.Object({
  uuid: Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' }),
  name: Type.String({ minLength: 1 }),
  host: Type.String({ minLength: 1, description: 'name of the host it runs on' }),
  state: Type.Enum(['running', 'paused', 'shutoff', 'crashed', 'suspended', 'unknown']),
  vcpus: Type.Number({ exclusiveMinimum: 0 }),
  memory: VmMemory,
  load: Load,
  pressure: orUnknown(Type.Number({ minimum: 0 })),
  usage: Usage,
  dirtyRate: orUnknown(
    Type.Object(
      { bytesPerSecond: Type.Number({ minimum: 0 }), measuredAt: Type.Integer() },
      { description: 'by page sampling, on a slow rotation' },
    ),
  ),
  priority: Type.Integer({ minimum: 0, maximum: 100, description: 'what matters more is disturbed less' }),
  rules: VmRules,
  freshness: Freshness,
  sampledAt: orUnknown(Type.Integer()),
  measuredAt: Type.Optional(
    Type.Object(
      {
        mem: orUnknown(Type.Integer()),
        disk: orUnknown(Type.Integer()),
        pressure: orUnknown(Type.Integer()),
      },
      { description: 'when what is not read at every interval was measured last; all else: at sampledAt' },
    ),
  ),
  source: Source,
});
export type Vm = Static<typeof Vm>;
