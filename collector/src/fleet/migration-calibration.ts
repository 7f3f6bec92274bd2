import { Type, type Static } from 'typebox';
import { orUnknown } from './load.ts';

/**
 * What past migrations taught about a way from one host to another. A byte takes the longer of linkFactor / link and
 * secondsPerByte, whichever of the network and the hosts' own work holds the other up.
 */
export const PathCalibration = Type.Object({
  setupSeconds: Type.Number({ minimum: 0, description: 'what every migration takes, however small' }),
  linkFactor: Type.Number({ exclusiveMinimum: 0, description: 'time on the link over its ideal' }),
  secondsPerByte: Type.Number({
    minimum: 0,
    description: 'what both ends spend on a byte of guest memory that is sent',
  }),
  downtimeBaseSeconds: Type.Number({ minimum: 0, description: 'the standstill beyond the last copy' }),
  queueSeconds: Type.Number({
    minimum: 0,
    description: 'more of it where the link sets the pace: what waits before a full link has to drain first',
  }),
  spread: Type.Number({
    minimum: 0,
    description: 'standard deviation of ln(measured / forecast) of the time',
  }),
  downtimeSpread: Type.Number({ minimum: 0 }),
  observations: Type.Integer({ minimum: 0 }),
});
export type PathCalibration = Static<typeof PathCalibration>;

export const VmCalibration = Type.Object({
  touchedShare: orUnknown(
    Type.Number({ minimum: 0, description: 'pages that are not zero, over the memory that looked used' }),
  ),
  dirtyFactor: Type.Number({ minimum: 0, description: 'dirtying seen while copying, over the sampled rate' }),
  dirtyBytesPerSecond: orUnknown(
    Type.Number({ minimum: 0, description: 'as seen while copying; used while nothing was sampled' }),
  ),
  observations: Type.Integer({ minimum: 0 }),
});
export type VmCalibration = Static<typeof VmCalibration>;

export const MigrationCalibration = Type.Object(
  {
    fleet: PathCalibration,
    pairs: Type.Record(Type.String({ description: '<from>><to>' }), PathCalibration),
    touchedShare: Type.Number({ minimum: 0, description: 'for a VM that never moved' }),
    vms: Type.Record(Type.String({ description: 'uuid' }), VmCalibration),
  },
  { description: 'What the forecast of a migration learned from those that were made' },
);
export type MigrationCalibration = Static<typeof MigrationCalibration>;

export const pairOf = (from: string, to: string): string => `${from}>${to}`;

/** Before the first migration: a 10 Gbit/s network of ordinary servers. */
export const uncalibrated: MigrationCalibration = {
  fleet: {
    setupSeconds: 0.6,
    linkFactor: 1.08,
    secondsPerByte: 1 / 1_200_000_000,
    downtimeBaseSeconds: 0.04,
    queueSeconds: 0,
    spread: 0.35,
    downtimeSpread: 0.5,
    observations: 0,
  },
  pairs: {},
  touchedShare: 1,
  vms: {},
};
