import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Drain, Finding, Page, Policy, Recommendation, WhatIfAnswer, WhatIfQuestion } from './api.ts';
import { read, send } from './collector.ts';
import { usePollInterval } from './live.ts';

export const useRecommendations = () =>
  useQuery({
    queryKey: ['recommendations'],
    queryFn: ({ signal }) => read<Page<Recommendation>>('recommendations', { limit: 200 }, signal),
    refetchInterval: usePollInterval(),
  });

export const useFindings = (filter: { subject?: string; past?: boolean; from?: number; to?: number } = {}) =>
  useQuery({
    queryKey: ['findings', filter],
    queryFn: ({ signal }) => read<Page<Finding>>('findings', { limit: 1000, ...filter }, signal),
    refetchInterval: usePollInterval(),
  });

export const usePolicy = () =>
  useQuery({
    queryKey: ['policy'],
    queryFn: ({ signal }) => read<Policy>('policy', undefined, signal),
    staleTime: 60_000,
  });

/** A key of its own for each press of the button, so that a repeated request is still one action. */
const once = () => ({ 'Idempotency-Key': crypto.randomUUID() });

export function useApplyRecommendation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, reason }: { id: string; reason: string }) =>
      send<Drain>('POST', 'drains', { recommendation: id, ...(reason === '' ? {} : { reason }) }, once()),
    onSettled: async () => client.invalidateQueries(),
  });
}

export function useDismissRecommendation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, reason }: { id: string; reason: string }) =>
      send('POST', `recommendations/${encodeURIComponent(id)}/dismiss`, { reason }),
    onSettled: async () => client.invalidateQueries({ queryKey: ['recommendations'] }),
  });
}

export const useWhatIf = () =>
  useMutation({
    mutationFn: async (question: WhatIfQuestion) => send<WhatIfAnswer>('POST', 'what-if', question),
  });
