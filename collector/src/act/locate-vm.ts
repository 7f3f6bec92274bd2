import { HostFailure, type DomainSeen, type HypervisorPort, type JobSeen } from './hypervisor-port.ts';

export type Sight = DomainSeen | 'absent' | 'unreachable';

export type Sighting = {
  readonly source: Sight;
  readonly target: Sight;
  /** The migration that runs on the source, if any. */
  readonly job: JobSeen | null;
};

/**
 * - `moved`: it is active on the target alone. `stayed`: on the source alone.
 * - `moving`: a migration is under way. `post-copy-broken`: it stands still, half here and half there.
 * - `husk`: it is whole on the target, but the source still holds the half that a broken post-copy left there.
 * - `stopped`: known, and active nowhere. `gone`: neither host knows it.
 * - `twice`: active on both with no migration: what must never be.
 * - `unknown`: a host that must be asked does not answer.
 */
export type Whereabouts =
  'moved' | 'stayed' | 'moving' | 'post-copy-broken' | 'husk' | 'stopped' | 'gone' | 'twice' | 'unknown';

const active = new Set<DomainSeen['state']>(['running', 'paused', 'suspended', 'unknown']);

const activeOf = (sight: Sight): DomainSeen | null =>
  typeof sight === 'object' && active.has(sight.state) ? sight : null;

/** Pure: what both hosts said, put together. */
export const whereabouts = ({ source, target, job }: Sighting): Whereabouts => {
  const here = activeOf(source);
  const there = activeOf(target);
  if (here !== null && there !== null) {
    // libvirt calls it arrived once its last page came; the source may never hear of that, but has nothing left to send.
    const nothingLeft = job?.bytesRemaining === 0;
    if (here.state === 'paused' && here.postCopy === 'failed' && there.arrived && nothingLeft) return 'husk';
    if (here.postCopy === 'failed' || there.postCopy === 'failed') return 'post-copy-broken';
    const passing =
      job?.kind === 'migration-out' ||
      [here, there].some(({ pausedByMigration, postCopy }) => pausedByMigration || postCopy === 'active') ||
      there.state === 'paused';
    return passing ? 'moving' : 'twice';
  }
  if (job?.kind === 'migration-out') return 'moving';
  if (source === 'unreachable' || target === 'unreachable') return 'unknown';
  // Until its last page came, it is not whole; a moment later it may be, so this is asked again.
  if (there !== null) return there.postCopy === 'no' ? 'moved' : 'post-copy-broken';
  // Half of it had left; without the other half it cannot run.
  if (here !== null) return here.postCopy === 'no' ? 'stayed' : 'post-copy-broken';
  return source === 'absent' && target === 'absent' ? 'gone' : 'stopped';
};

export const sight = async (
  hypervisor: HypervisorPort,
  from: string,
  to: string,
  uuid: string,
): Promise<Sighting> => {
  const look = async (host: string): Promise<Sight> => {
    try {
      return (await hypervisor.find(host, uuid)) ?? 'absent';
    } catch (error) {
      if (error instanceof HostFailure) return 'unreachable';
      throw error;
    }
  };
  const [source, target] = await Promise.all([look(from), look(to)]);
  let job: JobSeen | null = null;
  if (activeOf(source) !== null) {
    try {
      job = await hypervisor.job(from, uuid);
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
    }
  }
  return { source, target, job };
};
