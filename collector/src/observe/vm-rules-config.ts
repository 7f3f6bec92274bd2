import { Type, type Static } from 'typebox';

const names = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description }));

/** What the fleet file says of VMs; later entries win over earlier ones, the fleet file over domain metadata. */
export const VmRulesConfig = Type.Object(
  {
    match: Type.String({
      minLength: 1,
      description: 'a VM uuid, or its name with * for any characters, e.g. db-*',
    }),
    priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    neverMigrate: Type.Optional(Type.Boolean()),
    pinnedTo: names('host names it may run on'),
    hostGroup: Type.Optional(Type.String({ minLength: 1 })),
    affinity: names('groups whose VMs stay on one host'),
    antiAffinity: names('groups whose VMs stay on different hosts'),
    zoneSpread: Type.Optional(Type.String({ minLength: 1 })),
    localDisks: Type.Optional(Type.Enum(['refuse', 'copy'])),
  },
  { additionalProperties: false },
);
export type VmRulesConfig = Static<typeof VmRulesConfig>;
