import { css } from '@emotion/css';
import { PageLayoutType, type GrafanaTheme2 } from '@grafana/data';
import { PluginPage } from '@grafana/runtime';
import { RadioButtonGroup, useStyles2 } from '@grafana/ui';
import { useMemo } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { ComingUp } from '../components/coming-up.tsx';
import { ConnectionBadge } from '../components/connection-badge.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Measured } from '../components/measured.tsx';
import { Totals } from '../components/totals.tsx';
import { useCompactVms, useHosts, useSummary } from '../data/fleet.ts';
import { fleetTotals } from './fleet-totals.ts';
import { appPath } from '../plugin-id.ts';
import { Legend } from '../wall/legend.tsx';
import { Wall } from '../wall/wall.tsx';
import { wallHosts } from '../wall/wall-hosts.ts';
import { measures, type Measure } from '../wall/wall-model.ts';

const measureNames: Record<Measure, string> = {
  cpu: 'CPU',
  mem: 'Memory',
  net: 'Network',
  pressure: 'Pressure',
  soon: 'In 30 min',
};

export default function FleetPage() {
  const styles = useStyles2(getStyles);
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('measure') as Measure | null;
  const measure = asked !== null && measures.includes(asked) ? asked : 'cpu';
  const hosts = useHosts();
  const vms = useCompactVms();
  const summary = useSummary();
  const tiles = useMemo(
    () => (hosts.data === undefined ? [] : wallHosts(hosts.data.items, vms.data, measure)),
    [hosts.data, vms.data, measure],
  );
  return (
    <PluginPage layout={PageLayoutType.Custom}>
      <div className={styles.page}>
        <h1 className={styles.title}>Fleet</h1>
        <Totals totals={fleetTotals(summary.data)} />
        <div className={styles.bar}>
          <RadioButtonGroup
            aria-label="What the wall shows"
            size="sm"
            options={measures.map((value) => ({ value, label: measureNames[value] }))}
            value={measure}
            onChange={(value) => {
              setSearch(
                (now) => {
                  now.set('measure', value);
                  return now;
                },
                { replace: true },
              );
            }}
          />
          <Legend />
          <ConnectionBadge />
        </div>
        <div className={styles.body}>
          <Loaded
            query={hosts}
            what="the hosts"
            height={420}
            empty={({ items }) =>
              items.length === 0
                ? {
                    message: 'No hosts yet',
                    advice:
                      'Name them in the collector’s configuration (hosts:); they show up within one interval.',
                  }
                : null
            }
          >
            {() => (
              <Measured minHeight={320}>
                {(width, height) => (
                  <Wall
                    hosts={tiles}
                    measure={measure}
                    width={width}
                    height={height}
                    onOpenHost={(name) => {
                      navigate(`${appPath}/hosts/${encodeURIComponent(name)}`);
                    }}
                    onOpenVm={(uuid) => {
                      navigate(`${appPath}/vms/${uuid}`);
                    }}
                  />
                )}
              </Measured>
            )}
          </Loaded>
          <ComingUp />
        </div>
      </div>
    </PluginPage>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  page: css({
    display: 'flex',
    flexDirection: 'column',
    gap: theme.spacing(1),
    flexGrow: 1,
    minHeight: 0,
    padding: theme.spacing(1, 2, 2),
  }),
  title: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }),
  bar: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: theme.spacing(1, 2) }),
  body: css({ display: 'flex', gap: theme.spacing(2), flexGrow: 1, minHeight: 420 }),
});
