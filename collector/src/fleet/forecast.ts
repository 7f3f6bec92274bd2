import { Type, type Static } from 'typebox';
import { Dimension } from './load.ts';
import { Subject } from './subject.ts';

export const ForecastPoint = Type.Object({
  minutes: Type.Number({ description: 'horizon: minutes from now' }),
  value: Type.Number(),
  low: Type.Number({ description: 'lower end of the 80 % interval' }),
  high: Type.Number({ description: 'upper end of the 80 % interval' }),
});
export type ForecastPoint = Static<typeof ForecastPoint>;

export const Forecast = Type.Object(
  { subject: Subject, dimension: Dimension, at: Type.Integer(), points: Type.Array(ForecastPoint) },
  { description: 'Predicted load, as a share 0..1, with an interval, for horizons up to 60 minutes' },
);
export type Forecast = Static<typeof Forecast>;
