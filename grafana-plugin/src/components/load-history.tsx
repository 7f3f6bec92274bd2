import { useForecasts, useHistory, type Span } from '../data/fleet.ts';
import { LoadCharts, type Dimension, type Threshold } from './load-charts.tsx';
import type { ChartMark } from './load-chart.tsx';
import { Loaded } from './loaded.tsx';

type Props = {
  type: 'host' | 'vm';
  id: string;
  span: Span;
  thresholds: (dimension: Dimension) => readonly Threshold[];
  marks?: (dimension: Dimension) => readonly ChartMark[];
};

/** The load of one host or VM over time, with what is forecast. */
export function LoadHistory({ type, id, span, ...rest }: Props) {
  const history = useHistory(`${type}s`, id, span);
  const forecasts = useForecasts(type, id);
  return (
    <Loaded
      query={history}
      what="the history"
      height={420}
      empty={(one) =>
        one.cpu.every((value) => value === null)
          ? {
              message: 'No data in this time',
              advice: 'Choose another time range; the first samples come after two intervals.',
            }
          : null
      }
    >
      {(one) => <LoadCharts history={one} forecasts={forecasts.data?.items ?? []} span={span} {...rest} />}
    </Loaded>
  );
}
