import { Type, type Static } from 'typebox';
import { Host } from './host.ts';
import { Vm } from './vm.ts';

export const Snapshot = Type.Object(
  {
    fleet: Type.String({ minLength: 1 }),
    at: Type.Integer({ description: 'milliseconds since 1970' }),
    sequence: Type.Integer({ minimum: 0 }),
    hosts: Type.Array(Host),
    vms: Type.Array(Vm),
  },
  {
    $id: 'https://evenkeel.dev/schemas/snapshot.json',
    description: 'A fleet at one moment; never changed after it was made',
  },
);
export type Snapshot = Static<typeof Snapshot>;
