import { remoteProcedure } from '../packet/procedure.ts';
import { poolRef } from '../wire/pool-ref.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string name<>;
 * ret: remote_nonnull_storage_pool pool;
 */
export const storagePoolLookupByName = remoteProcedure(
  'StoragePoolLookupByName',
  84,
  struct({ name: text }),
  struct({ pool: poolRef }),
);
