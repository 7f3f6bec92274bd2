import { useTheme2 } from '@grafana/ui';
import { linePath } from '../components/chart-paths.ts';
import type { TrailPoint } from './use-progress-trail.ts';

const width = 460;
const height = 90;

/** How fast the link copies against how fast the VM writes: it converges while the first stays above the second. */
export function RaceChart({ trail }: { trail: readonly TrailPoint[] }) {
  const theme = useTheme2();
  if (trail.length < 2) return null;
  const from = trail[0]!.at;
  const to = trail.at(-1)!.at;
  const most = Math.max(1, ...trail.map(({ copies, writes }) => Math.max(copies, writes)));
  const x = (at: number): number => ((at - from) / (to - from)) * width;
  const y = (value: number): number => height - 4 - (value / most) * (height - 8);
  const line = (pick: (point: TrailPoint) => number) =>
    linePath(
      trail.map((point) => ({ at: point.at, value: pick(point) })),
      x,
      y,
    );
  const [copies, writes] = [
    theme.visualization.getColorByName('blue'),
    theme.visualization.getColorByName('orange'),
  ];
  return (
    <figure style={{ margin: '0 0 16px' }}>
      <svg
        width="100%"
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        role="img"
        aria-label="Copy rate against write rate"
      >
        <path d={line((point) => point.copies)} fill="none" stroke={copies} strokeWidth={2} />
        <path
          d={line((point) => point.writes)}
          fill="none"
          stroke={writes}
          strokeWidth={2}
          strokeDasharray="5 3"
        />
      </svg>
      <figcaption>
        <span style={{ color: copies }}>— the link copies</span>,{' '}
        <span style={{ color: writes }}>- - the VM writes</span>
      </figcaption>
    </figure>
  );
}
