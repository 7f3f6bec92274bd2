import type { Point } from './point.ts';
import type { WriterStatus } from './spooled-writer.ts';

/** What observing a host cost and met, since the collector started. */
export type HostCost = {
  readonly host: string;
  readonly pollSeconds: number | null;
  readonly polls: number;
  readonly errors: number;
  readonly late: number;
  readonly vms: number;
  readonly staleVms: number;
};

/** The collector's own health and cost. */
export type CollectorHealth = {
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  readonly loopDelaySeconds: number;
  readonly hosts: number;
  readonly freshHosts: number;
  readonly vms: number;
  readonly freshVms: number;
  readonly writers: readonly WriterStatus[];
  readonly costs: readonly HostCost[];
};

export function collectorPoints(fleet: string, at: number, health: CollectorHealth): Point[] {
  const fields: Record<string, number | null> = {
    resident_bytes: health.residentBytes,
    cpu_seconds: health.cpuSeconds,
    loop_delay_seconds: health.loopDelaySeconds,
    hosts: health.hosts,
    hosts_fresh: health.freshHosts,
    vms: health.vms,
    vms_fresh: health.freshVms,
  };
  for (const writer of health.writers) {
    const name = writer.name.toLowerCase();
    fields[`${name}_up`] = Number(writer.state === 'up');
    fields[`${name}_stored`] = writer.stored;
    fields[`${name}_refused`] = writer.refused;
    fields[`${name}_lost`] = writer.lost;
    fields[`${name}_spool_points`] = writer.points;
    fields[`${name}_spool_bytes`] = writer.bytes;
    fields[`${name}_spool_on_disk`] = Number(writer.diskTrouble === null);
    fields[`${name}_spool_age_seconds`] =
      writer.oldestAt === null ? 0 : Math.max(0, at - writer.oldestAt) / 1000;
  }
  return [
    { measurement: 'collector', tags: { fleet }, at, fields },
    ...health.costs.map((cost): Point => ({
      measurement: 'host',
      tags: { fleet, host: cost.host },
      at,
      fields: {
        poll_seconds: cost.pollSeconds,
        polls: cost.polls,
        poll_errors: cost.errors,
        polls_late: cost.late,
      },
    })),
  ];
}
