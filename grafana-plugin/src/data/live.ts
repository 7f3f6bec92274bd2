import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { proxyPath } from '../plugin-id.ts';

/** live: events arrive. polling: they do not, so the queries ask again on their own. */
export type Connection = 'connecting' | 'live' | 'polling';

export const ConnectionContext = createContext<Connection>('connecting');
export const useConnection = (): Connection => useContext(ConnectionContext);

/** Which queries an event makes old. Names are the collector's event names and the first part of the query keys. */
const outdated: Readonly<Record<string, readonly string[]>> = {
  snapshot: ['hosts', 'vms', 'summary'],
  finding: ['findings', 'summary'],
  recommendation: ['recommendations', 'summary'],
  migration: ['migrations', 'migration', 'summary'],
  drain: ['drains'],
  reset: ['hosts', 'vms', 'summary', 'findings', 'recommendations', 'migrations', 'migration', 'drains'],
};

const quiet = 45_000;

/** Follows the collector's events through Grafana's proxy; falls back to polling while that does not work. */
export function useLiveConnection(): Connection {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    let silence: number | undefined;
    const fallBack = () => {
      setConnection('polling');
    };
    const alive = () => {
      setConnection('live');
      window.clearTimeout(silence);
      // A snapshot comes every few seconds: a proxy that swallows the stream must not look like a quiet fleet.
      silence = window.setTimeout(fallBack, quiet);
    };
    const source = new EventSource(`${proxyPath}/events`);
    source.onopen = alive;
    source.onerror = fallBack;
    for (const name of Object.keys(outdated)) {
      source.addEventListener(name, () => {
        alive();
        refresh(client, name);
      });
    }
    return () => {
      window.clearTimeout(silence);
      source.close();
    };
  }, [client]);
  return connection;
}

function refresh(client: QueryClient, event: string): void {
  for (const key of outdated[event] ?? []) void client.invalidateQueries({ queryKey: [key] });
}

/** While events arrive a slow poll is enough to catch what one of them missed. */
export const usePollInterval = (): number => (useConnection() === 'live' ? 60_000 : 5_000);
