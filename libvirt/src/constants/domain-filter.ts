/** virConnectListAllDomainsFlags: which domains to list; filters of one pair are alternatives, pairs add up. */
export const DomainFilter = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
} as const;
