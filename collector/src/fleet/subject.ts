import { Type, type Static } from 'typebox';

/** What a finding or a forecast is about. `id` is the host's name, the VM's uuid, or the fleet's name. */
export const Subject = Type.Object({
  type: Type.Enum(['fleet', 'host', 'vm']),
  id: Type.String(),
  name: Type.String(),
  host: Type.Optional(Type.String({ description: 'for a VM: where it runs' })),
});
export type Subject = Static<typeof Subject>;
