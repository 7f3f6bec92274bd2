import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type {
  ClassChange,
  CompactVms,
  Forecast,
  History,
  HostView,
  Page,
  Summary,
  Target,
  VmView,
} from './api.ts';
import { read } from './collector.ts';
import { usePollInterval } from './live.ts';

/** The wall wants all of them; the API's own limit is a thousand a page. */
const pageSize = 1000;

async function readAllHosts(signal: AbortSignal): Promise<Page<HostView>> {
  const first = await read<Page<HostView>>('hosts', { limit: pageSize }, signal);
  const items = [...first.items];
  while (items.length < first.total) {
    const next = await read<Page<HostView>>('hosts', { limit: pageSize, offset: items.length }, signal);
    if (next.items.length === 0) break;
    items.push(...next.items);
  }
  return { ...first, items };
}

export const useHosts = () =>
  useQuery({
    queryKey: ['hosts'],
    queryFn: ({ signal }) => readAllHosts(signal),
    refetchInterval: usePollInterval(),
  });

export const useHost = (name: string) =>
  useQuery({
    queryKey: ['hosts', name],
    queryFn: ({ signal }) => read<HostView>(`hosts/${encodeURIComponent(name)}`, undefined, signal),
    refetchInterval: usePollInterval(),
  });

export const useCompactVms = () =>
  useQuery({
    queryKey: ['vms', 'compact'],
    queryFn: ({ signal }) => read<CompactVms>('vms', { format: 'compact', limit: 100_000 }, signal),
    // Nearly every row has changed; to compare 50,000 of them with the ones before takes longer than to draw them.
    structuralSharing: false,
    refetchInterval: usePollInterval(),
  });

export const useVmsOn = (host: string) =>
  useQuery({
    queryKey: ['vms', 'on', host],
    queryFn: ({ signal }) => read<Page<VmView>>('vms', { host, limit: 1000 }, signal),
    refetchInterval: usePollInterval(),
  });

export const useVm = (uuid: string) =>
  useQuery({
    queryKey: ['vms', uuid],
    queryFn: ({ signal }) => read<VmView>(`vms/${encodeURIComponent(uuid)}`, undefined, signal),
    refetchInterval: usePollInterval(),
  });

export const useSummary = () =>
  useQuery({
    queryKey: ['summary'],
    queryFn: ({ signal }) => read<Summary>('summary', undefined, signal),
    refetchInterval: usePollInterval(),
  });

export type Span = { from: number; to: number };

export const useHistory = (type: 'hosts' | 'vms', id: string, span: Span) =>
  useQuery({
    queryKey: ['history', type, id, span.from, span.to],
    queryFn: ({ signal }) => read<History>(`${type}/${encodeURIComponent(id)}/history`, { ...span }, signal),
    placeholderData: keepPreviousData,
  });

export const useForecasts = (type: 'host' | 'vm', id: string) =>
  useQuery({
    queryKey: ['forecasts', type, id],
    queryFn: ({ signal }) =>
      read<{ items: Forecast[] }>(`forecasts/${type}/${encodeURIComponent(id)}`, undefined, signal),
    refetchInterval: 30_000,
  });

export const useClassChanges = () =>
  useQuery({
    queryKey: ['vms', 'class-changes'],
    queryFn: ({ signal }) => read<Page<ClassChange>>('class-changes', { limit: 100 }, signal),
    refetchInterval: usePollInterval(),
  });

export const useTargets = (uuid: string) =>
  useQuery({
    queryKey: ['vms', uuid, 'targets'],
    queryFn: ({ signal }) =>
      read<{ items: Target[] }>(`vms/${encodeURIComponent(uuid)}/targets`, { limit: 3 }, signal),
  });
