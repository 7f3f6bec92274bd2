import { Type, type Static } from 'typebox';

/** `stale`: there was data, it is too old to act on. `never`: no data has come yet. */
export const Freshness = Type.Enum(['fresh', 'stale', 'never']);
export type Freshness = Static<typeof Freshness>;

export const Source = Type.Enum(['libvirt', 'virt-top', 'trace', 'file']);
export type Source = Static<typeof Source>;
