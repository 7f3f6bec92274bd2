import { createTheme, ThemeContext } from '@grafana/data';
import { config } from '@grafana/runtime';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { provideGrafanaServices } from './grafana-services.ts';
import { LoginPage } from './login-page.tsx';
import type { ConsoleSession } from './session.ts';
import { Shell } from './shell.tsx';
import { Toasts } from './toasts.tsx';

export function renderConsole(session: ConsoleSession): void {
  const events = provideGrafanaServices(session.csrfToken);
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no #root');
  createRoot(root).render(<Console session={session} events={events} />);
}

function Console({
  session,
  events,
}: {
  session: ConsoleSession;
  events: ReturnType<typeof provideGrafanaServices>;
}) {
  const [mode, setMode] = useState<'light' | 'dark'>(config.bootData.user.lightTheme ? 'light' : 'dark');
  const theme = useMemo(() => createTheme({ colors: { mode } }), [mode]);
  const toggleTheme = () => {
    const next = mode === 'dark' ? 'light' : 'dark';
    localStorage.setItem('evenkeel.theme', next);
    setMode(next);
  };
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      {session.user === null ? (
        <LoginPage />
      ) : (
        <Shell session={session} user={session.user} dark={mode === 'dark'} onToggleTheme={toggleTheme} />
      )}
      <Toasts events={events} />
      <PortalContainer />
    </ThemeContext.Provider>
  );
}
