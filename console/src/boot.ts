import type { ConsoleSession } from './session.ts';
import { fetchSession, login } from './session.ts';

type BootWindow = typeof window & { grafanaBootData?: unknown; __grafana_public_path__?: string };

/**
 * Grafana's packages read `window.grafanaBootData` while they load, so the session comes first and everything that
 * imports them comes after it.
 */
export async function boot(): Promise<void> {
  await loginByLink();
  const session = await fetchSession();
  const dark = window.matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark';
  const theme = localStorage.getItem('evenkeel.theme') ?? dark;
  const grafana = window as BootWindow;
  grafana.grafanaBootData = bootData(session, theme);
  grafana.__grafana_public_path__ = '/console/';
  const { renderConsole } = await import('./render.tsx');
  renderConsole(session);
}

/**
 * A link that `npm start` prints carries a token behind the #: browsers do not send that part to any server. It is
 * taken out of the address at once.
 */
async function loginByLink(): Promise<void> {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token');
  if (token === null) return;
  window.history.replaceState(null, '', window.location.pathname);
  await login(token);
}

function bootData(session: ConsoleSession, theme: string): unknown {
  const name = session.user?.name ?? '';
  return {
    user: {
      isSignedIn: session.user !== null,
      login: name,
      name,
      orgRole: session.user?.orgRole ?? '',
      lightTheme: theme === 'light',
      theme,
      timezone: 'browser',
      weekStart: 'browser',
      locale: navigator.language,
      language: 'en-US',
      permissions: {},
    },
    navTree: [],
    settings: {
      appSubUrl: '',
      appUrl: `${window.location.origin}/`,
      apps: {},
      panels: {},
      datasources: {},
      featureToggles: {},
      buildInfo: { version: grafanaVersion, commit: '', env: 'production', edition: 'Open Source' },
      licenseInfo: { enabledFeatures: {} },
      dateFormats: {
        fullDate: 'YYYY-MM-DD HH:mm:ss',
        useBrowserLocale: false,
        interval: {
          millisecond: 'HH:mm:ss.SSS',
          second: 'HH:mm:ss',
          minute: 'HH:mm',
          hour: 'MM-DD HH:mm',
          day: 'MM-DD',
          month: 'YYYY-MM',
          year: 'YYYY',
        },
        defaultTimezone: 'browser',
        defaultWeekStart: 'browser',
      },
    },
  };
}
