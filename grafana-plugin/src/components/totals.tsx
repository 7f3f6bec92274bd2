import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { Link } from 'react-router-dom';

export type Total = {
  label: string;
  value: string;
  detail?: string;
  to?: string;
  tone?: 'normal' | 'warning' | 'error';
};

/** A row of large numbers, readable across a room. Its height never depends on the words, lest what is below jumps. */
export function Totals({ totals }: { totals: readonly Total[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.row}>
      {totals.map(({ label, value, detail, to, tone = 'normal' }) => (
        <div key={label} className={styles.total}>
          <dt>{label}</dt>
          <dd className={cx(styles.value, styles[tone])}>
            {to === undefined ? value : <Link to={to}>{value}</Link>}
          </dd>
          <dd className={styles.detail} title={detail}>
            {detail}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({
    display: 'grid',
    // All eight abreast at 1280 px, beside a docked menu too.
    gridTemplateColumns: 'repeat(auto-fit, minmax(120px, 1fr))',
    gap: theme.spacing(1),
    margin: 0,
  }),
  total: css({
    minWidth: 0,
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    dt: { color: theme.colors.text.secondary, fontWeight: 'normal', whiteSpace: 'nowrap' },
    dd: { margin: 0 },
  }),
  value: css({
    fontSize: theme.typography.h3.fontSize,
    whiteSpace: 'nowrap',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
  }),
  normal: css({}),
  warning: css({ color: theme.colors.warning.text, a: { color: 'inherit' } }),
  error: css({ color: theme.colors.error.text, a: { color: 'inherit' } }),
  detail: css({
    height: '4.5em',
    lineHeight: 1.5,
    overflow: 'hidden',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
