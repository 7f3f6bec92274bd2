import { ScrollContainer } from '@grafana/ui';
import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ConnectionContext, useLiveConnection } from '../data/live.ts';
import { queryClient } from '../data/query-client.ts';

/** What every panel of ours needs around it; the app's settings decide at the proxy whether the collector answers. */
export function PanelFrame({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={queryClient}>
      <Live>
        <ScrollContainer>{children}</ScrollContainer>
      </Live>
    </QueryClientProvider>
  );
}

function Live({ children }: { children: ReactNode }) {
  return <ConnectionContext.Provider value={useLiveConnection()}>{children}</ConnectionContext.Provider>;
}
