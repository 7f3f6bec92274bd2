import { css } from '@emotion/css';
import {
  PluginIncludeType,
  PluginType,
  type GrafanaTheme2,
  type PluginInclude,
  type PluginMeta,
} from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { Button, ErrorBoundaryAlert, Icon, IconButton, useStyles2 } from '@grafana/ui';
import { useLayoutEffect, useState } from 'react';
import { Link, NavLink, Navigate, Route, Router, Routes } from 'react-router-dom';
import { AppPage, ConfigPage } from './app-page.tsx';
import { PanelPage } from './panel-page.tsx';
import { logout, type ConsoleSession } from './session.ts';

type Props = {
  session: ConsoleSession;
  user: NonNullable<ConsoleSession['user']>;
  dark: boolean;
  onToggleTheme: () => void;
};

const rank = { Viewer: 0, Editor: 1, Admin: 2 } as const;

/** `defaultNav` stands in plugin.json's schema but not in Grafana's type. */
type Page = PluginInclude & { defaultNav?: boolean };

/** Pages that plugin.json declares and this role may see; as in Grafana this hides only, routes and API refuse. */
export function visiblePages(meta: PluginMeta, role: keyof typeof rank) {
  return (meta.includes ?? []).filter<Page>(
    (include): include is Page =>
      include.type === PluginIncludeType.page &&
      include.addToNav === true &&
      rank[role] >= rank[(include.role as keyof typeof rank | undefined) ?? 'Viewer'],
  );
}

export function Shell({ session, user, dark, onToggleTheme }: Props) {
  const styles = useStyles2(getStyles);
  const history = locationService.getHistory();
  const [location, setLocation] = useState(history.location);
  useLayoutEffect(() => history.listen(setLocation), [history]);
  const kiosk = new URLSearchParams(location.search).has('kiosk');
  const app = session.plugins.find((plugin) => plugin.type === PluginType.app);
  const panels = session.plugins.filter((plugin) => plugin.type === PluginType.panel);
  if (app === undefined)
    return (
      <p role="alert">The collector serves no plugin: build it with “npm run build -w evenkeel-fleet-app”.</p>
    );
  const pages = visiblePages(app, user.orgRole);
  const home = pages.find((page) => page.defaultNav === true) ?? pages[0];
  return (
    <Router location={location} navigator={history}>
      <div className={styles.frame}>
        {!kiosk && (
          <header className={styles.top}>
            <Link to={home?.path ?? '/'} className={styles.brand}>
              <img src={app.info.logos.small} alt="" width={24} height={24} /> Evenkeel
            </Link>
            <span className={styles.user}>
              <Icon name="user" aria-hidden /> {user.name} ({user.orgRole})
            </span>
            <IconButton
              name="adjust-circle"
              tooltip={dark ? 'Light theme' : 'Dark theme'}
              size="lg"
              onClick={onToggleTheme}
            />
            <Button
              size="sm"
              variant="secondary"
              fill="text"
              onClick={() => {
                void logout(session.csrfToken).finally(() => {
                  window.location.reload();
                });
              }}
            >
              Log out
            </Button>
          </header>
        )}
        <div className={styles.body}>
          {!kiosk && (
            <nav className={styles.nav} aria-label="Pages">
              {pages.map((page) => (
                <NavLink key={page.path} to={page.path ?? '/'} className={styles.link}>
                  {page.name}
                </NavLink>
              ))}
              {panels.length > 0 && <div className={styles.group}>Panels</div>}
              {panels.map((panel) => (
                <NavLink key={panel.id} to={`/panels/${panel.id}`} className={styles.link}>
                  {panel.name}
                </NavLink>
              ))}
            </nav>
          )}
          <main className={styles.main}>
            <ErrorBoundaryAlert style="page" dependencies={[location.pathname]}>
              <Routes>
                <Route path={`/a/${app.id}/*`} element={<AppPage meta={app} location={location} />} />
                <Route path={`/plugins/${app.id}`} element={<ConfigPage meta={app} location={location} />} />
                <Route path="/panels/:id" element={<PanelPage panels={panels} />} />
                <Route path="*" element={<Navigate replace to={home?.path ?? `/a/${app.id}`} />} />
              </Routes>
            </ErrorBoundaryAlert>
          </main>
        </div>
      </div>
    </Router>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({
    display: 'flex',
    flexDirection: 'column',
    height: '100vh',
    background: theme.colors.background.canvas,
  }),
  top: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(2),
    height: 48,
    flexShrink: 0,
    padding: theme.spacing(0, 2),
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    background: theme.colors.background.primary,
  }),
  brand: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    fontWeight: theme.typography.fontWeightMedium,
  }),
  user: css({ marginLeft: 'auto', color: theme.colors.text.secondary }),
  body: css({ display: 'flex', flexGrow: 1, minHeight: 0 }),
  nav: css({
    display: 'flex',
    flexDirection: 'column',
    width: 190,
    flexShrink: 0,
    padding: theme.spacing(2, 1),
    gap: theme.spacing(0.5),
    overflowY: 'auto',
    borderRight: `1px solid ${theme.colors.border.weak}`,
    background: theme.colors.background.primary,
  }),
  group: css({
    margin: theme.spacing(2, 1, 0.5),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
  link: css({
    padding: theme.spacing(0.75, 1),
    borderRadius: theme.shape.radius.default,
    '&:hover': { background: theme.colors.action.hover },
    '&.active': { background: theme.colors.action.selected, fontWeight: theme.typography.fontWeightMedium },
  }),
  main: css({ display: 'flex', flexDirection: 'column', flexGrow: 1, minWidth: 0, overflow: 'auto' }),
});
