import { remoteProcedure } from '../packet/procedure.ts';
import { poolRef } from '../wire/pool-ref.ts';
import { volumeRef } from '../wire/volume-ref.ts';
import { u32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';
import { text } from '../xdr/text.ts';

/**
 * args: remote_nonnull_storage_pool pool; string xml<>; unsigned int flags;
 * ret: remote_nonnull_storage_vol vol;
 */
export const storageVolCreateXml = remoteProcedure(
  'StorageVolCreateXML',
  93,
  struct({ pool: poolRef, xml: text, flags: u32 }),
  struct({ vol: volumeRef }),
);
