import { css } from '@emotion/css';
import { dateTimeFormat, type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useState, type PointerEvent } from 'react';
import { bandPath, linePath, timeTicks, type BandPoint, type LinePoint } from './chart-paths.ts';

export type ChartMark = { at: number; label: string };

type Props = {
  label: string;
  history: readonly LinePoint[];
  forecast: readonly BandPoint[];
  /** Horizontal lines: loadMax, class boundaries. */
  thresholds: readonly { value: number; label: string }[];
  marks?: readonly ChartMark[];
  from: number;
  to: number;
  width: number;
  height: number;
};

const margin = { top: 8, right: 8, bottom: 22, left: 44 };

/** One load over time with what is forecast: the line, its 80 % band, the thresholds, and what is marked on the way. */
export function LoadChart({
  label,
  history,
  forecast,
  thresholds,
  marks = [],
  from,
  to,
  width,
  height,
}: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const [pointer, setPointer] = useState<number | null>(null);
  const innerWidth = Math.max(1, width - margin.left - margin.right);
  const innerHeight = Math.max(1, height - margin.top - margin.bottom);
  const highest = Math.max(1, ...history.map(({ value }) => value ?? 0), ...forecast.map(({ high }) => high));
  const x = (at: number): number => ((at - from) / (to - from)) * innerWidth;
  const y = (value: number): number => innerHeight * (1 - value / highest);
  const color = theme.visualization.getColorByName('blue');
  const said =
    pointer === null ? null : nearest(history, forecast, from + (pointer / innerWidth) * (to - from));
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left - margin.left;
    setPointer(at >= 0 && at <= innerWidth ? at : null);
  };
  return (
    <figure className={styles.figure}>
      <figcaption>{label}</figcaption>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={describe(label, history, forecast)}
        onPointerMove={onMove}
        onPointerLeave={() => {
          setPointer(null);
        }}
      >
        <g transform={`translate(${String(margin.left)},${String(margin.top)})`}>
          {[0, 0.25, 0.5, 0.75, 1].map((share) => (
            <g key={share}>
              <line
                x1={0}
                x2={innerWidth}
                y1={y(share * highest)}
                y2={y(share * highest)}
                stroke={theme.colors.border.weak}
              />
              <text x={-6} y={y(share * highest) + 4} textAnchor="end" className={styles.axis}>
                {`${String(Math.round(share * highest * 100))} %`}
              </text>
            </g>
          ))}
          {timeTicks(from, to, innerWidth).map((tick) => (
            <text key={tick} x={x(tick)} y={innerHeight + 16} textAnchor="middle" className={styles.axis}>
              {dateTimeFormat(tick, { format: to - from > 172_800_000 ? 'MM-DD' : 'HH:mm' })}
            </text>
          ))}
          {thresholds.map(({ value, label: name }) => (
            <g key={name}>
              <line
                x1={0}
                x2={innerWidth}
                y1={y(value)}
                y2={y(value)}
                stroke={theme.colors.warning.main}
                strokeDasharray="6 4"
              />
              <text x={innerWidth} y={y(value) - 3} textAnchor="end" className={styles.axis}>
                {name}
              </text>
            </g>
          ))}
          <path d={bandPath(forecast, x, y)} fill={color} opacity={0.22} />
          <path
            d={linePath(forecast, x, y)}
            fill="none"
            stroke={color}
            strokeDasharray="4 3"
            strokeWidth={1.5}
          />
          <path d={linePath(history, x, y)} fill="none" stroke={color} strokeWidth={1.5} />
          {marks.map((mark) => (
            <g key={`${mark.label}${String(mark.at)}`}>
              <line
                x1={x(mark.at)}
                x2={x(mark.at)}
                y1={0}
                y2={innerHeight}
                stroke={theme.colors.error.main}
              />
              <text
                x={x(mark.at)}
                dx={x(mark.at) > innerWidth / 2 ? -4 : 4}
                y={10}
                textAnchor={x(mark.at) > innerWidth / 2 ? 'end' : 'start'}
                className={styles.mark}
              >
                {mark.label}
              </text>
            </g>
          ))}
          {said !== null && (
            <g>
              <line
                x1={x(said.at)}
                x2={x(said.at)}
                y1={0}
                y2={innerHeight}
                stroke={theme.colors.text.secondary}
              />
              <text
                x={x(said.at)}
                dx={x(said.at) > innerWidth / 2 ? -6 : 6}
                y={innerHeight - 6}
                textAnchor={x(said.at) > innerWidth / 2 ? 'end' : 'start'}
                className={styles.said}
              >
                {`${dateTimeFormat(said.at, { format: 'HH:mm:ss' })}  ${said.text}`}
              </text>
            </g>
          )}
        </g>
      </svg>
    </figure>
  );
}

function nearest(
  history: readonly LinePoint[],
  forecast: readonly BandPoint[],
  at: number,
): { at: number; text: string } | null {
  let best: { at: number; text: string } | null = null;
  for (const point of history) {
    if (point.value !== null && (best === null || Math.abs(point.at - at) < Math.abs(best.at - at)))
      best = { at: point.at, text: `${(point.value * 100).toFixed(1)} %` };
  }
  for (const point of forecast) {
    if (best === null || Math.abs(point.at - at) < Math.abs(best.at - at))
      best = {
        at: point.at,
        text: `${(point.value * 100).toFixed(0)} % (${(point.low * 100).toFixed(0)} to ${(point.high * 100).toFixed(0)} %)`,
      };
  }
  return best;
}

function describe(label: string, history: readonly LinePoint[], forecast: readonly BandPoint[]): string {
  const last = history.findLast(({ value }) => value !== null)?.value;
  const ahead = forecast.at(-1);
  const now = last === undefined || last === null ? 'no data' : `now ${(last * 100).toFixed(0)} %`;
  return `${label}: ${now}${ahead === undefined ? '' : `, forecast ${(ahead.value * 100).toFixed(0)} %`}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  figure: css({ margin: 0, figcaption: { fontWeight: theme.typography.fontWeightMedium } }),
  axis: css({ fill: theme.colors.text.secondary, fontSize: 11 }),
  mark: css({ fill: theme.colors.error.text, fontSize: 11 }),
  said: css({ fill: theme.colors.text.primary, fontSize: 12 }),
});
