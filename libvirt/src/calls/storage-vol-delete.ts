import { remoteProcedure } from '../packet/procedure.ts';
import { volumeRef } from '../wire/volume-ref.ts';
import { nothing } from '../xdr/nothing.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_storage_vol vol; unsigned int flags;
 * ret: void
 */
export const storageVolDelete = remoteProcedure(
  'StorageVolDelete',
  94,
  struct({ vol: volumeRef, flags: u32 }),
  nothing,
);
