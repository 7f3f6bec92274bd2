import { QueryClient } from '@tanstack/react-query';
import { CollectorError } from './collector.ts';

/** One cache for all pages and panels, so that walking back and forth does not ask the collector again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // Without a network the browser would let requests wait in silence; the page has to say that it is cut off.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 4_000,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof CollectorError && error.status >= 400 && error.status < 500),
      refetchOnWindowFocus: true,
    },
  },
});
