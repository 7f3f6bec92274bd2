import { bytes, seconds } from '../components/words.ts';
import { Facts } from '../components/facts.tsx';
import type { MoveForecast } from '../data/api.ts';

/** What the move will cost, each figure with its 80 % interval. */
export function MoveForecastList({ forecast }: { forecast: MoveForecast }) {
  const { bytes: size, downtimeSeconds, rounds, seconds: total } = forecast;
  return (
    <Facts
      label="Forecast"
      facts={[
        ['Time', `${seconds(total.value)} (${seconds(total.low)} to ${seconds(total.high)})`],
        [
          'Stands still',
          `${seconds(downtimeSeconds.value)} (${seconds(downtimeSeconds.low)} to ${seconds(downtimeSeconds.high)})`,
        ],
        ['Over the wire', `${bytes(size.value)} in ${rounds.toFixed(0)} rounds`],
        ['How', `${forecast.strategy}: ${forecast.reason}`],
        ['Converges', forecast.converges ? 'yes' : 'no: the VM writes faster than the link copies'],
      ]}
    />
  );
}
