import type { MigrationObservation } from '../journal/migration-observation.ts';
import type { ScoredForecast } from './controller.ts';

export const scoreForecast = ({ forecast, fact, ...rest }: MigrationObservation): ScoredForecast => ({
  migration: rest.migration,
  vm: rest.vm,
  from: rest.from,
  to: rest.to,
  at: rest.at,
  forecastSeconds: forecast.seconds.value,
  seconds: fact.seconds,
  secondsError: (forecast.seconds.value - fact.seconds) / fact.seconds,
  forecastDowntimeSeconds: forecast.downtimeSeconds.value,
  downtimeSeconds: fact.downtimeSeconds,
  forecastBytes: forecast.bytes.value,
  bytes: fact.bytes,
});

/** The middle of the absolute errors; null without any. */
export const medianSecondsError = (scored: readonly ScoredForecast[]): number | null => {
  if (scored.length === 0) return null;
  const errors = scored.map(({ secondsError }) => Math.abs(secondsError)).sort((a, b) => a - b);
  const middle = Math.floor(errors.length / 2);
  return errors.length % 2 === 1 ? errors[middle]! : (errors[middle - 1]! + errors[middle]!) / 2;
};

/** Share of downtimes forecast within a factor of two; null where none was measured. */
export const downtimeWithinFactorTwo = (scored: readonly ScoredForecast[]): number | null => {
  const known = scored.filter(({ downtimeSeconds }) => downtimeSeconds !== null && downtimeSeconds > 0);
  if (known.length === 0) return null;
  const within = known.filter(
    ({ downtimeSeconds, forecastDowntimeSeconds }) =>
      Math.abs(Math.log2(forecastDowntimeSeconds / downtimeSeconds!)) <= 1,
  );
  return within.length / known.length;
};
