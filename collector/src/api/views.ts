import { Type, type Static } from 'typebox';
import { ClassChange } from '../fleet/class-change.ts';
import { Freshness } from '../fleet/freshness.ts';
import { Host } from '../fleet/host.ts';
import { Load, orUnknown } from '../fleet/load.ts';
import { LoadClass } from '../fleet/load-class.ts';
import { Vm } from '../fleet/vm.ts';

export const hostStates = [
  'hot',
  'hot-soon',
  'abrupt',
  'cold',
  'stale',
  'suspect',
  'draining',
  'off',
] as const;
export const HostState = Type.Enum(hostStates);
export type HostState = Static<typeof HostState>;

export const HostView = Type.Object(
  {
    ...Host.properties,
    states: Type.Array(HostState, { description: 'what is special about it just now; none: all is well' }),
    vmCount: Type.Integer({ minimum: 0 }),
    findings: Type.Array(Type.String(), { description: 'ids of the findings about it' }),
    forecast: Type.Object({ minutes: Type.Number(), load: Load }, { description: 'at the policy horizon' }),
  },
  { description: 'A host with what is judged of it' },
);
export type HostView = Static<typeof HostView>;

export const VmView = Type.Object(
  {
    ...Vm.properties,
    loadClass: orUnknown(LoadClass),
    classChange: orUnknown(ClassChange),
    findings: Type.Array(Type.String(), { description: 'ids of the findings about it' }),
  },
  { description: 'A VM with what is judged of it' },
);
export type VmView = Static<typeof VmView>;

export const compactVmColumns = [
  'uuid',
  'name',
  'host',
  'state',
  'freshness',
  'loadClass',
  'cpu',
  'mem',
  'net',
  'disk',
  'pressure',
  'vcpus',
  'memBytes',
  'nextClass',
  'nextClassAt',
  'nextClassProbability',
] as const;

/** One VM as a row: what a wall of 50,000 needs, at a quarter of the bytes. Shares are rounded to 0.001. */
export const CompactVmRow = Type.Tuple([
  Type.String(),
  Type.String(),
  Type.String(),
  Vm.properties.state,
  Freshness,
  orUnknown(LoadClass),
  orUnknown(Type.Number()),
  orUnknown(Type.Number()),
  orUnknown(Type.Number()),
  orUnknown(Type.Number()),
  orUnknown(Type.Number()),
  Type.Number(),
  Type.Number(),
  orUnknown(LoadClass),
  orUnknown(Type.Integer()),
  orUnknown(Type.Number()),
]);
export type CompactVmRow = Static<typeof CompactVmRow>;
