/** One host's word that it has a VM. */
export type Claim = {
  readonly running: boolean;
  /** By one clock for all hosts: since when it runs there, or was first seen there. */
  readonly runningSinceMs: number;
};

/**
 * Which host has the VM, when more than one says so, as during and just after a migration: where it runs wins over
 * where it is paused, and where it began to run last wins over where it ran before. Paused everywhere, as for a
 * moment between the two, it is still where it was first.
 */
export function winningClaim<T extends Claim>(claims: readonly T[]): T {
  let best = claims[0]!;
  for (const claim of claims.slice(1)) {
    if (claim.running !== best.running) {
      if (claim.running) best = claim;
    } else if (
      claim.running ? claim.runningSinceMs > best.runningSinceMs : claim.runningSinceMs < best.runningSinceMs
    )
      best = claim;
  }
  return best;
}
