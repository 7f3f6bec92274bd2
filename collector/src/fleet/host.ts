import { Type, type Static } from 'typebox';
import { Freshness, Source } from './freshness.ts';
import { Load, orUnknown } from './load.ts';
import { Usage } from './usage.ts';

export const HostCapacity = Type.Object({
  cpuCores: Type.Number({ exclusiveMinimum: 0, description: 'logical CPUs that guests may use' }),
  cpuMhz: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'lets unequal hosts be compared; absent: all alike' }),
  ),
  memBytes: Type.Number({ exclusiveMinimum: 0 }),
  nicBitsPerSecond: orUnknown(Type.Number({ exclusiveMinimum: 0 })),
  diskBytesPerSecond: orUnknown(Type.Number({ exclusiveMinimum: 0 })),
  numaNodes: Type.Optional(
    Type.Array(
      Type.Object({
        cpuCores: Type.Number({ exclusiveMinimum: 0 }),
        memBytes: Type.Number({ exclusiveMinimum: 0 }),
      }),
    ),
  ),
});
export type HostCapacity = Static<typeof HostCapacity>;

export const HostPower = Type.Object({
  idleWatts: Type.Number({ minimum: 0 }),
  maxWatts: Type.Number({ exclusiveMinimum: 0 }),
  bootSeconds: Type.Number({ minimum: 0 }),
});
export type HostPower = Static<typeof HostPower>;

export const Host = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 253 }),
  zone: orUnknown(Type.String()),
  rack: orUnknown(Type.String()),
  groups: Type.Array(Type.String(), { description: 'host groups that VMs may be bound to' }),
  priority: Type.Integer({
    minimum: 0,
    maximum: 100,
    description: 'the host of lowest priority is the first to be emptied',
  }),
  labels: Type.Record(Type.String(), Type.String()),
  power: Type.Enum(['on', 'off', 'unknown']),
  maintenance: Type.Boolean({ description: 'draining or drained: never a target' }),
  neverTarget: Type.Boolean(),
  capacity: HostCapacity,
  energy: Type.Optional(HostPower),
  cpuModel: orUnknown(Type.String()),
  cpuFeatures: Type.Optional(Type.Array(Type.String())),
  networks: Type.Optional(
    Type.Array(Type.String(), { description: 'bridges and networks present; absent: not known' }),
  ),
  features: Type.Optional(Type.Array(Type.Enum(['tls-migration', 'rdma', 'post-copy']))),
  load: Load,
  pressure: orUnknown(Type.Number({ minimum: 0, description: 'vCPU delay (steal) share over its VMs' })),
  usage: Usage,
  freshness: Freshness,
  sampledAt: orUnknown(Type.Integer({ description: 'milliseconds since 1970 of the last good sample' })),
  source: Source,
  trouble: Type.Array(
    Type.Object({
      kind: Type.Enum(['scrape-error', 'clock-jump', 'memory-shrank', 'flapping']),
      since: Type.Integer(),
      count: Type.Integer({ minimum: 1 }),
      message: Type.String(),
    }),
    { description: 'what observing this host met lately; a suspect host is never a target' },
  ),
});
export type Host = Static<typeof Host>;
