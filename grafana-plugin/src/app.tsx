import type { AppRootProps } from '@grafana/data';
import { QueryClientProvider } from '@tanstack/react-query';
import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router-dom';
import { ConnectionContext, useLiveConnection } from './data/live.ts';
import { queryClient } from './data/query-client.ts';
import { NotConfigured, useConfigured } from './config-page/not-configured.tsx';
import { appPath } from './plugin-id.ts';

const FleetPage = lazy(() => import('./pages/fleet-page.tsx'));
const HostPage = lazy(() => import('./pages/host-page.tsx'));
const VmPage = lazy(() => import('./pages/vm-page.tsx'));
const RecommendationsPage = lazy(() => import('./pages/recommendations-page.tsx'));
const MigrationsPage = lazy(() => import('./pages/migrations-page.tsx'));
const FindingsPage = lazy(() => import('./pages/findings-page.tsx'));

export default function App({ meta }: AppRootProps) {
  const configured = useConfigured(meta);
  if (!configured) return <NotConfigured />;
  return (
    <QueryClientProvider client={queryClient}>
      <Pages />
    </QueryClientProvider>
  );
}

function Pages() {
  const connection = useLiveConnection();
  return (
    <ConnectionContext.Provider value={connection}>
      <Routes>
        <Route path="fleet" element={<FleetPage />} />
        <Route path="hosts/:name" element={<HostPage />} />
        <Route path="vms/:uuid" element={<VmPage />} />
        <Route path="recommendations/:id?" element={<RecommendationsPage />} />
        <Route path="migrations/:id?" element={<MigrationsPage />} />
        <Route path="findings" element={<FindingsPage />} />
        <Route path="*" element={<Navigate replace to={`${appPath}/fleet`} />} />
      </Routes>
    </ConnectionContext.Provider>
  );
}
