import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import type { HostEffect } from '../data/api.ts';
import { wallPalette } from '../wall/wall-colors.ts';
import { percent } from './words.ts';

/** Before and after, now and in the forecast, for every host that a plan touches. */
export function Effects({ effects }: { effects: readonly HostEffect[] }) {
  const styles = useStyles2(getStyles);
  return (
    <table className={styles.table}>
      <caption>Effect on the hosts</caption>
      <thead>
        <tr>
          <th scope="col">Host</th>
          <th scope="col">CPU</th>
          <th scope="col">CPU in the forecast</th>
          <th scope="col">Memory</th>
          <th scope="col">VMs</th>
        </tr>
      </thead>
      <tbody>
        {effects.map((effect) => (
          <tr key={effect.host}>
            <th scope="row">{effect.host}</th>
            <td>
              <Change before={effect.before.cpu} after={effect.after.cpu} />
            </td>
            <td>
              <Change before={effect.forecastBefore.cpu} after={effect.forecastAfter.cpu} />
            </td>
            <td>
              <Change before={effect.before.mem} after={effect.after.mem} />
            </td>
            <td>
              {effect.vmsBefore} → {effect.vmsAfter}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Change({ before, after }: { before: number | null; after: number | null }) {
  const palette = wallPalette(useTheme2());
  const bar = (share: number | null) => (
    <svg width={60} height={6} aria-hidden style={{ display: 'block' }}>
      <rect width={60} height={6} fill={palette.unknown} />
      <rect width={60 * Math.min(1, share ?? 0)} height={6} fill={palette.load(share)} />
    </svg>
  );
  return (
    <div style={{ display: 'grid', gap: 2 }}>
      {percent(before)} → {percent(after)}
      {bar(before)}
      {bar(after)}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    caption: {
      captionSide: 'top',
      ...theme.typography.h5,
      textAlign: 'left',
      color: theme.colors.text.primary,
    },
    'th, td': {
      padding: theme.spacing(0.5, 1),
      textAlign: 'left',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
      verticalAlign: 'top',
    },
  }),
});
