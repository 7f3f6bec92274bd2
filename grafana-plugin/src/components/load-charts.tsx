import { Stack } from '@grafana/ui';
import type { Forecast, History } from '../data/api.ts';
import type { Span } from '../data/fleet.ts';
import { LoadChart, type ChartMark } from './load-chart.tsx';
import { Measured } from './measured.tsx';

export type Threshold = { value: number; label: string };
const dimensions = ['cpu', 'mem', 'net', 'disk'] as const;
export type Dimension = (typeof dimensions)[number];

const names: Record<Dimension, string> = { cpu: 'CPU', mem: 'Memory', net: 'Network', disk: 'Disk' };
const height = 190;

type Props = {
  history: History;
  forecasts: readonly Forecast[];
  thresholds: (dimension: Dimension) => readonly Threshold[];
  marks?: (dimension: Dimension) => readonly ChartMark[];
  span: Span;
};

/** One chart for each dimension that was measured, the same times above each other. */
export function LoadCharts({ history, forecasts, marks, span, thresholds }: Props) {
  const measured = dimensions.filter((dimension) => history[dimension].some((value) => value !== null));
  const newest = span.to > Date.now() - 120_000;
  return (
    <Stack direction="column" gap={2}>
      {measured.map((dimension) => {
        const forecast = forecasts.find((one) => one.dimension === dimension);
        const ahead =
          newest && forecast !== undefined
            ? forecast.points.map(({ minutes, ...point }) => ({
                at: forecast.at + minutes * 60_000,
                ...point,
              }))
            : [];
        return (
          <div key={dimension} style={{ height: height + 22, display: 'flex' }}>
            <Measured minHeight={height + 22}>
              {(width) => (
                <LoadChart
                  label={names[dimension]}
                  history={history.at.map((at, index) => ({ at, value: history[dimension][index] ?? null }))}
                  forecast={ahead}
                  thresholds={thresholds(dimension)}
                  marks={marks?.(dimension) ?? []}
                  from={span.from}
                  to={Math.max(span.to, ahead.at(-1)?.at ?? 0)}
                  width={width}
                  height={height}
                />
              )}
            </Measured>
          </div>
        );
      })}
    </Stack>
  );
}
