import { css } from '@emotion/css';
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

/** A row of large numbers, readable across a room. */
export function Totals({ totals }: { totals: readonly Total[] }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.row}>
      {totals.map(({ label, value, detail, to, tone = 'normal' }) => (
        <div key={label} className={styles.total}>
          <dt>{label}</dt>
          <dd className={styles[tone]}>{to === undefined ? value : <Link to={to}>{value}</Link>}</dd>
          {detail !== undefined && <dd className={styles.detail}>{detail}</dd>}
        </div>
      ))}
    </dl>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  row: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), margin: 0 }),
  total: css({
    flex: '1 1 120px',
    minHeight: 76,
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.primary,
    border: `1px solid ${theme.colors.border.weak}`,
    dt: { color: theme.colors.text.secondary, fontWeight: 'normal' },
    dd: { margin: 0 },
  }),
  normal: css({ fontSize: theme.typography.h3.fontSize }),
  warning: css({
    fontSize: theme.typography.h3.fontSize,
    color: theme.colors.warning.text,
    a: { color: 'inherit' },
  }),
  error: css({
    fontSize: theme.typography.h3.fontSize,
    color: theme.colors.error.text,
    a: { color: 'inherit' },
  }),
  detail: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
