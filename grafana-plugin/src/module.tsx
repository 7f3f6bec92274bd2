import { AppPlugin, type AppRootProps, type PluginExtensionPanelContext } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import { lazy, Suspense } from 'react';
import { alertLink, panelLink } from './extension-links.ts';
import type { ConfigPageProps } from './config-page/config-page.tsx';

const LazyApp = lazy(() => import('./app.tsx'));
const LazyConfigPage = lazy(() => import('./config-page/config-page.tsx'));

const App = (props: AppRootProps) => (
  <Suspense fallback={<LoadingPlaceholder text="Loading Evenkeel" />}>
    <LazyApp {...props} />
  </Suspense>
);

const ConfigPage = (props: ConfigPageProps) => (
  <Suspense fallback={<LoadingPlaceholder text="Loading the configuration" />}>
    <LazyConfigPage {...props} />
  </Suspense>
);

export const plugin = new AppPlugin()
  .setRootPage(App)
  .addConfigPage({
    title: 'Configuration',
    icon: 'cog',
    body: ConfigPage,
    id: 'configuration',
  })
  .addLink<PluginExtensionPanelContext>(panelLink)
  .addLink(alertLink);
