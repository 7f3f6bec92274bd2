/** virConnectGetAllDomainStatsFlags, beside the filters of `DomainFilter`. */
export const StatsFlag = {
  /** Leave out what a busy domain could not say at once. */
  noWait: 0x2000_0000,
  /** Report the backing chain of disks too. */
  backing: 0x4000_0000,
  /** Fail if a group that was asked for is unknown to the host. */
  enforce: 0x8000_0000,
} as const;
