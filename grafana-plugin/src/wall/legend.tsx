import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { stateName, stateSign, wallPalette } from './wall-colors.ts';
import { hostStates } from './wall-model.ts';

/** What the wall's colours and signs mean. */
export function Legend() {
  const styles = useStyles2(getStyles);
  const palette = wallPalette(useTheme2());
  return (
    <div className={styles.legend}>
      <span>host</span>
      <span className={styles.ramp} aria-hidden>
        {[0, 0.2, 0.4, 0.6, 0.8, 0.99].map((share) => (
          <i key={share} style={{ background: palette.load(share) }} />
        ))}
      </span>
      <span>0 to 100 %</span>
      <span>VM</span>
      {(['low', 'medium', 'high'] as const).map((name) => (
        <span key={name}>
          <i style={{ background: palette.class(name) }} /> {name}
        </span>
      ))}
      <span>
        <i style={{ background: palette.unknown }} /> not known
      </span>
      {hostStates
        .filter((state) => state !== 'normal')
        .map((state) => (
          <span key={state}>
            <b aria-hidden>{stateSign[state]}</b> {stateName[state]}
          </span>
        ))}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  legend: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0.5, 1.5),
    fontSize: theme.typography.bodySmall.fontSize,
    color: theme.colors.text.secondary,
    i: { display: 'inline-block', width: 14, height: 10, borderRadius: 2, verticalAlign: 'middle' },
  }),
  ramp: css({ display: 'inline-flex', alignItems: 'center', i: { borderRadius: 0 } }),
});
