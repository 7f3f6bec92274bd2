import { Type, type Static } from 'typebox';
import { orUnknown } from './load.ts';

/** What is used, in absolute terms: the numbers that can be added up over VMs and set against another host's capacity. */
export const Usage = Type.Object({
  cpuCores: orUnknown(Type.Number({ minimum: 0, description: 'CPU seconds used per second' })),
  memBytes: orUnknown(Type.Number({ minimum: 0 })),
  netRxBytesPerSecond: orUnknown(Type.Number({ minimum: 0 })),
  netTxBytesPerSecond: orUnknown(Type.Number({ minimum: 0 })),
  diskReadBytesPerSecond: orUnknown(Type.Number({ minimum: 0 })),
  diskWriteBytesPerSecond: orUnknown(Type.Number({ minimum: 0 })),
  diskRequestsPerSecond: orUnknown(Type.Number({ minimum: 0 })),
});
export type Usage = Static<typeof Usage>;
