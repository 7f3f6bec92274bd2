import { Type } from 'typebox';
import { orUnknown } from '../fleet/load.ts';
import { MigrationCalibration } from '../fleet/migration-calibration.ts';

export const ForecastRecord = Type.Object(
  {
    calibration: MigrationCalibration,
    scored: Type.Array(
      Type.Object({
        migration: Type.String(),
        vm: Type.String(),
        from: Type.String(),
        to: Type.String(),
        at: Type.Integer(),
        forecastSeconds: Type.Number(),
        seconds: Type.Number(),
        secondsError: Type.Number({ description: '(forecast - measured) / measured' }),
        forecastDowntimeSeconds: Type.Number(),
        downtimeSeconds: orUnknown(Type.Number()),
        forecastBytes: Type.Number(),
        bytes: orUnknown(Type.Number()),
      }),
    ),
    medianSecondsError: orUnknown(Type.Number()),
    downtimeWithinFactorTwo: orUnknown(Type.Number({ description: 'share of the migrations' })),
  },
  { description: 'Forecasts beside what was measured' },
);
