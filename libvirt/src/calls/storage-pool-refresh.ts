import { remoteProcedure } from '../packet/procedure.ts';
import { poolRef } from '../wire/pool-ref.ts';
import { nothing } from '../xdr/nothing.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: remote_nonnull_storage_pool pool; unsigned int flags;
 * ret: void
 */
export const storagePoolRefresh = remoteProcedure(
  'StoragePoolRefresh',
  83,
  struct({ pool: poolRef, flags: u32 }),
  nothing,
);
