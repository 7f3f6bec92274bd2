import type { Policy } from '../fleet/policy.ts';

export type Waiting = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly priority: number;
  /** Rises with every request: who came first. */
  readonly order: number;
};

export type Running = { readonly from: string; readonly to: string };

export type Admission = {
  readonly start: readonly string[];
  /** Why each of the others waits. */
  readonly waitingFor: ReadonlyMap<string, string>;
};

/**
 * Who may start now: the most urgent first, then who came first. A migration that waits for a host keeps its place
 * there: later ones may overtake it only where they do not touch that host, so that none waits for ever.
 *
 * A link is a host's NIC; migrations in and out both count on it.
 */
export const admit = (
  waiting: readonly Waiting[],
  running: readonly Running[],
  limits: Policy['limits'],
): Admission => {
  const perHost = Math.min(limits.perHost, limits.perLink);
  const load = new Map<string, number>();
  const add = (host: string) => load.set(host, (load.get(host) ?? 0) + 1);
  for (const { from, to } of running) {
    add(from);
    add(to);
  }
  let total = running.length;
  const start: string[] = [];
  const waitingFor = new Map<string, string>();
  const inOrder = [...waiting].sort((a, b) => a.priority - b.priority || a.order - b.order);
  for (const { id, from, to } of inOrder) {
    if (total >= limits.total) {
      waitingFor.set(id, `the fleet already runs ${limits.total} migrations, its limit`);
      continue;
    }
    const full = [from, to].find((host) => (load.get(host) ?? 0) >= perHost);
    if (full !== undefined) {
      waitingFor.set(
        id,
        `${full} already has ${perHost} migrations running or ahead in the queue, its limit`,
      );
      // Its claim on both hosts stands before those that came later.
      add(from);
      add(to);
      continue;
    }
    add(from);
    add(to);
    total += 1;
    start.push(id);
  }
  return { start, waitingFor };
};
