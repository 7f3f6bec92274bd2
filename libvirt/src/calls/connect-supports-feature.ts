import { remoteProcedure } from '../packet/procedure.ts';
import { flag, i32 } from '../xdr/scalars.ts';
import { struct } from '../xdr/struct.ts';

/**
 * args: int feature;
 * ret: int supported;
 */
export const connectSupportsFeature = remoteProcedure(
  'ConnectSupportsFeature',
  60,
  struct({ feature: i32 }),
  struct({ supported: flag }),
);
