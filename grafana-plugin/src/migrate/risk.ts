import type { Preflight } from '../data/api.ts';

const longDowntimeSeconds = 2;
const longSeconds = 600;

/** Whether the admin must type the VM's name: where a lost link loses the VM, or where it may stand still for long. */
export function isRisky({ checks, forecast }: Preflight): boolean {
  if (checks.some(({ outcome }) => outcome === 'warning' || outcome === 'unknown')) return true;
  if (forecast === null) return true;
  return (
    !forecast.converges ||
    forecast.strategy === 'post-copy' ||
    forecast.copiesDisks ||
    forecast.downtimeSeconds.high > longDowntimeSeconds ||
    forecast.seconds.high > longSeconds
  );
}
