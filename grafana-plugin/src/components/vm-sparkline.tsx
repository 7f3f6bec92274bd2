import { useTheme2 } from '@grafana/ui';
import { useMemo } from 'react';
import { useHistory } from '../data/fleet.ts';
import { linePath } from './chart-paths.ts';
import { useNow } from './use-now.ts';

const width = 104;
const height = 24;
const hour = 3_600_000;

/** The last hour of CPU in a table's cell. */
export function VmSparkline({ uuid }: { uuid: string }) {
  const theme = useTheme2();
  const minute = Math.floor(useNow(60_000) / 60_000) * 60_000;
  const { data } = useHistory('vms', uuid, { from: minute - hour, to: minute });
  const path = useMemo(() => {
    if (data === undefined) return '';
    const points = data.at.map((at, index) => ({ at, value: data.cpu[index] ?? null }));
    return linePath(
      points,
      (at) => ((at - minute + hour) / hour) * width,
      (value) => height - 2 - Math.min(1, value) * (height - 4),
    );
  }, [data, minute]);
  return (
    <svg width={width} height={height} aria-hidden>
      <path d={path} fill="none" stroke={theme.visualization.getColorByName('blue')} strokeWidth={1.2} />
    </svg>
  );
}
