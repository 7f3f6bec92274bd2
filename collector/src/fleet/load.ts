import { Type, type Static, type TSchema } from 'typebox';

/** A value that is null while it is not known: a missing sample is never turned into a zero. */
export const orUnknown = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const dimensions = ['cpu', 'mem', 'net', 'disk'] as const;
export const Dimension = Type.Enum(dimensions);
export type Dimension = Static<typeof Dimension>;

/** Shares 0..1 of what a host (or a VM's allocation) can give; a burst may pass 1 within a sample's error. */
export const Load = Type.Object(
  {
    cpu: orUnknown(Type.Number({ minimum: 0 })),
    mem: orUnknown(Type.Number({ minimum: 0 })),
    net: orUnknown(Type.Number({ minimum: 0 })),
    disk: orUnknown(Type.Number({ minimum: 0 })),
  },
  { description: 'Load as shares of capacity (host) or allocation (VM); null where it is not known' },
);
export type Load = Static<typeof Load>;

export const unknownLoad: Load = { cpu: null, mem: null, net: null, disk: null };
