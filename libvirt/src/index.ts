export * from './protocol.ts';
export { AuthType } from './constants/auth-type.ts';
export { DomainFilter } from './constants/domain-filter.ts';
export { DomainState } from './constants/domain-state.ts';
export { EventId } from './constants/event-id.ts';
export { Feature } from './constants/feature.ts';
export { JobOperation } from './constants/job-operation.ts';
export { JobType } from './constants/job-type.ts';
export { LibvirtErrorNumber } from './constants/libvirt-error-number.ts';
export { Lifecycle } from './constants/lifecycle.ts';
export { MigrateFlag } from './constants/migrate-flag.ts';
export { migrateParameters } from './constants/migrate-parameter.ts';
export { StatsFlag } from './constants/stats-flag.ts';
export { StatsGroup } from './constants/stats-group.ts';
export {
  type ConnectUri,
  parseConnectUri,
  type SshParameters,
  type TransportName,
} from './uri/connect-uri.ts';
export { openChild } from './transport/child-transport.ts';
export { type CallOptions, Connection, type ConnectionOptions } from './connection/connection.ts';
export type { KeepaliveOptions } from './connection/keepalive.ts';
export type { Credentials } from './client/authenticate.ts';
export type { Caller } from './client/caller.ts';
export type { ClientEvent, DomainEvent, DomainEventKind } from './client/domain-event.ts';
export type { AnyEvent } from './client/event-hub.ts';
export { EventStream } from './client/event-stream.ts';
export { type ClientOptions, type EventOptions, LibvirtClient } from './client/libvirt-client.ts';
export { migrateDomain, type MigrateOptions, type MigrateParameters } from './client/migrate-domain.ts';
export { openConnection, type OpenOptions } from './client/open-connection.ts';
export { type DomainStatsOptions, readDomainStats } from './client/read-domain-stats.ts';
export {
  type NodeCpuStats,
  type NodeMemoryStats,
  readNodeCpuStats,
  readNodeMemoryStats,
} from './client/read-node-stats.ts';
