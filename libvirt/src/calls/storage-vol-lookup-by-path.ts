import { remoteProcedure } from '../packet/procedure.ts';
import { volumeRef } from '../wire/volume-ref.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: string path<>;
 * ret: remote_nonnull_storage_vol vol;
 */
export const storageVolLookupByPath = remoteProcedure(
  'StorageVolLookupByPath',
  97,
  struct({ path: text }),
  struct({ vol: volumeRef }),
);
