import { connectGetAllDomainStats } from '../calls/connect-get-all-domain-stats.ts';
import type { CallOptions } from '../connection/connection.ts';
import { StatsFlag } from '../constants/stats-flag.ts';
import type { DomainRef } from '../wire/domain-ref.ts';
import type { DomainStats } from '../wire/domain-stats.ts';
import type { Caller } from './caller.ts';

export interface DomainStatsOptions extends CallOptions {
  /** Sum of `StatsGroup`; by default everything the host knows. */
  readonly groups?: number;
  /** Only these; by default all. */
  readonly domains?: readonly DomainRef[];
  /** Sum of `DomainFilter`, to choose among all. */
  readonly filter?: number;
  /** Report the backing chain of disks too. */
  readonly backing?: boolean;
  /**
   * Ask a second time if there is no answer after so long. One hung QEMU holds up the first question that meets it,
   * but not the next ones: they are answered without what only that QEMU could tell, for all domains of the host.
   */
  readonly askAgainAfterMs?: number;
}

/**
 * Reads the statistics of many domains with one call. Always with NOWAIT: without it, one busy domain makes everybody
 * wait up to 30 s; with it, that domain's record lacks some fields.
 */
export async function readDomainStats(
  caller: Caller,
  options: DomainStatsOptions = {},
): Promise<readonly DomainStats[]> {
  const { groups = 0, domains = [], filter = 0, backing = false, askAgainAfterMs, ...callOptions } = options;
  const flags = (filter | StatsFlag.noWait | (backing ? StatsFlag.backing : 0)) >>> 0;
  const ask = async (): Promise<readonly DomainStats[]> => {
    const { retStats } = await caller.call(
      connectGetAllDomainStats,
      { doms: domains, stats: groups, flags },
      callOptions,
    );
    return retStats;
  };
  if (askAgainAfterMs === undefined) return ask();
  const first = ask();
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, askAgainAfterMs, undefined);
  });
  try {
    const answer = await Promise.race([first, patience]);
    return (
      answer ?? (await Promise.any([first, ask()]).catch((error: unknown) => Promise.reject(firstOf(error))))
    );
  } finally {
    clearTimeout(timer);
  }
}

function firstOf(error: unknown): Error {
  return (error instanceof AggregateError ? error.errors[0] : error) as Error;
}
