import type { LibvirtClient } from '@evenkeel/libvirt';

/** What observing a host needs of a libvirt client. */
export type HostClient = Pick<
  LibvirtClient,
  'call' | 'domainStats' | 'events' | 'connectInBackground' | 'close' | 'isConnected'
>;
