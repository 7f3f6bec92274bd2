import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Drain, ForecastRecord, Migration, MigrationBody, Preflight } from './api.ts';
import { read, send } from './collector.ts';
import { mayAct } from '../role.ts';
import { useConnection } from './live.ts';

/** A running migration is watched more closely than the fleet. */
const usePace = (): number => (useConnection() === 'live' ? 10_000 : 1_000);

export const useMigrations = (
  filter: { active?: boolean; vm?: string; host?: string; limit?: number } = {},
) => {
  const pace = usePace();
  return useQuery({
    queryKey: ['migrations', filter],
    queryFn: ({ signal }) => read<{ items: Migration[] }>('migrations', filter, signal),
    refetchInterval: filter.active === false ? 30_000 : pace,
  });
};

export const useMigration = (id: string | undefined) =>
  useQuery({
    queryKey: ['migration', id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => read<Migration>(`migrations/${encodeURIComponent(id ?? '')}`, undefined, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && hasEnded(state.data) ? false : 1_000),
  });

export const useForecastRecord = () =>
  useQuery({
    queryKey: ['forecast-record'],
    queryFn: ({ signal }) => read<ForecastRecord>('forecast-record', undefined, signal),
  });

export const hasEnded = ({ stage }: Migration): boolean =>
  stage === 'done' || stage === 'failed' || stage === 'aborted';

export const awaitsApproval = ({ stage, approval }: Migration): boolean =>
  stage === 'requested' && approval?.by === null;

export const usePreflight = (body: MigrationBody | null) =>
  useQuery({
    queryKey: ['preflight', body],
    enabled: body !== null,
    staleTime: 0,
    gcTime: 0,
    queryFn: () => send<Preflight>('POST', 'migrations/preflight', body),
  });

/** An admin's move begins at once; an editor's waits for an admin. */
export function useMigrate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, key }: { body: MigrationBody; key: string }) =>
      send<Migration>('POST', mayAct('Admin') ? 'migrations' : 'migrations/requests', body, {
        'Idempotency-Key': key,
      }),
    onSettled: async () => client.invalidateQueries({ queryKey: ['migrations'] }),
  });
}

export function useDecide() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({
      id,
      decision,
      reason,
    }: {
      id: string;
      decision: 'approve' | 'reject';
      reason: string;
    }) =>
      send<Migration>(
        'POST',
        `migrations/${encodeURIComponent(id)}/${decision}`,
        reason.trim() === '' ? {} : { reason },
      ),
    onSettled: async () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['migrations'] }),
        client.invalidateQueries({ queryKey: ['migration'] }),
      ]),
  });
}

export function useAbort() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, reason }: { id: string; reason: string }) =>
      send<Migration>('POST', `migrations/${encodeURIComponent(id)}/abort`, reason === '' ? {} : { reason }),
    onSettled: async () => client.invalidateQueries({ queryKey: ['migration'] }),
  });
}

export const useDrains = () =>
  useQuery({
    queryKey: ['drains'],
    queryFn: ({ signal }) => read<{ items: Drain[] }>('drains', undefined, signal),
    refetchInterval: usePace(),
  });

export function useDrainAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (
      action: { start: string; reason: string } | { id: string; step: 'pause' | 'resume' | 'cancel' },
    ) =>
      'start' in action
        ? send<Drain>(
            'POST',
            'drains',
            { host: action.start, ...(action.reason === '' ? {} : { reason: action.reason }) },
            {
              'Idempotency-Key': crypto.randomUUID(),
            },
          )
        : send<Drain>('POST', `drains/${encodeURIComponent(action.id)}/${action.step}`, {}),
    onSettled: async () => client.invalidateQueries(),
  });
}
