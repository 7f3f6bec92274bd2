/** The rules of the honest track; docs/benchmark-planetlab.md gives the reasons. */
export const honestRules = {
  /** From the power button until libvirt answers, at the power of full load. */
  bootSeconds: 180,
  /** At idle power. */
  stopSeconds: 30,
  /** A host's migration half of the link carries one copy at a time, in or out. */
  migrationsPerHost: 1,
  migrationsInAll: 32,
  /** A copying host spends this share of one core. */
  copyCoreShare: 0.1,
  /** What a VM loses while its pages are tracked, as in CloudSim. */
  slowdownShare: 0.1,
  /** Pages that a fully loaded VM dirties while one page is sent. */
  dirtyShare: 0.4,
  downtimeSeconds: 0.3,
} as const;
