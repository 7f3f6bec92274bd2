import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Badge, useStyles2, type BadgeColor } from '@grafana/ui';
import { Link } from 'react-router-dom';
import type { Migration } from '../data/api.ts';
import { appPath } from '../plugin-id.ts';
import { seconds, when } from './words.ts';

const colors: Partial<Record<Migration['stage'], BadgeColor>> = {
  done: 'green',
  failed: 'red',
  aborted: 'orange',
};

/** Migrations with what was forecast beside what was measured, and the cause where one failed. */
export function MigrationTable({ migrations, now }: { migrations: readonly Migration[]; now: number }) {
  const styles = useStyles2(getStyles);
  if (migrations.length === 0) return <p>None yet.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          {[
            'VM',
            'Move',
            'When',
            'By',
            'Stage',
            'Time (forecast)',
            'Stood still (forecast)',
            'Cause, and what to do',
          ].map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {migrations.map((one) => (
          <tr key={one.id}>
            <td>
              <Link to={`${appPath}/vms/${one.uuid}`}>{one.vm}</Link>
            </td>
            <td>
              <Link to={`${appPath}/migrations/${one.id}`}>
                {one.from} → {one.to}
              </Link>
            </td>
            <td>{when(one.stages[0]?.at ?? now, now)}</td>
            <td>{one.requestedBy}</td>
            <td>
              <Badge text={one.stage} color={colors[one.stage] ?? 'blue'} />
            </td>
            <td>{pair(one.fact?.seconds ?? null, one.forecast?.seconds.value ?? null)}</td>
            <td>{pair(one.fact?.downtimeSeconds ?? null, one.forecast?.downtimeSeconds.value ?? null)}</td>
            <td>{one.error === null ? '' : `${one.error.message}. ${one.error.advice}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const pair = (fact: number | null, forecast: number | null): string =>
  `${fact === null ? '–' : seconds(fact)} (${forecast === null ? 'none' : seconds(forecast)})`;

const getStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    'th, td': {
      padding: theme.spacing(0.75, 1),
      textAlign: 'left',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
  }),
});
