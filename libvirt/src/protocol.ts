/** Packets, wire structures, and every call and event of the protocol by name: what client and server share. */
export {
  ErrorCode,
  LibvirtError,
  type LibvirtDetail,
  type LibvirtErrorOptions,
} from './errors/libvirt-error.ts';
export type { Codec, Decoded } from './xdr/codec.ts';
export { WireRecord } from './xdr/wire-record.ts';
export { XdrReader } from './xdr/xdr-reader.ts';
export { XdrWriter } from './xdr/xdr-writer.ts';
export { decodePayload, encodePacket } from './packet/encode-packet.ts';
export { Keepalive, pingPacket, pongPacket } from './packet/keepalive-packet.ts';
export {
  HEADER_BYTES,
  PACKET_MAX_BYTES,
  type PacketHeader,
  PacketStatus,
  PacketType,
  Program,
  PROGRAM_VERSION,
  readHeader,
  writeHeader,
} from './packet/packet-header.ts';
export { PacketSplitter } from './packet/packet-splitter.ts';
export type { ArgsOf, EventMessage, Procedure, RetOf } from './packet/procedure.ts';
export { domainRef, type DomainRef } from './wire/domain-ref.ts';
export type { NetworkRef } from './wire/network-ref.ts';
export type { NodeParameter } from './wire/node-parameter.ts';
export type { PoolRef } from './wire/pool-ref.ts';
export type { VolumeRef } from './wire/volume-ref.ts';
export { remoteError, type RemoteError } from './wire/remote-error.ts';
export {
  ParameterType,
  type ParameterValue,
  typedParameter,
  type TypedParameter,
} from './wire/typed-parameter.ts';
export {
  BalloonStats,
  BlockGroup,
  BlockStats,
  CpuStats,
  DirtyRateStats,
  DomainStats,
  FlushStats,
  InterfaceStats,
  IothreadGroup,
  IothreadStats,
  NetGroup,
  StateStats,
  TrafficStats,
  TransferStats,
  VcpuGroup,
  VcpuStats,
} from './wire/domain-stats.ts';
export { flattenDomainStats } from './wire/flatten-domain-stats.ts';
export { jobStats, type JobStats, jobStatsParameters } from './wire/job-stats.ts';
export { authList } from './calls/auth-list.ts';
export { authSaslInit } from './calls/auth-sasl-init.ts';
export { authSaslStart } from './calls/auth-sasl-start.ts';
export { authSaslStep } from './calls/auth-sasl-step.ts';
export { authPolkit } from './calls/auth-polkit.ts';
export { connectOpen } from './calls/connect-open.ts';
export { connectClose } from './calls/connect-close.ts';
export { connectGetType } from './calls/connect-get-type.ts';
export { connectGetVersion } from './calls/connect-get-version.ts';
export { connectGetLibVersion } from './calls/connect-get-lib-version.ts';
export { connectGetHostname } from './calls/connect-get-hostname.ts';
export { connectGetUri } from './calls/connect-get-uri.ts';
export { connectGetCapabilities } from './calls/connect-get-capabilities.ts';
export { connectGetDomainCapabilities } from './calls/connect-get-domain-capabilities.ts';
export { connectSupportsFeature } from './calls/connect-supports-feature.ts';
export { connectRegisterCloseCallback } from './calls/connect-register-close-callback.ts';
export { connectUnregisterCloseCallback } from './calls/connect-unregister-close-callback.ts';
export { connectionClosedEvent } from './events/connection-closed-event.ts';
export { nodeGetInfo } from './calls/node-get-info.ts';
export { nodeGetCpuStats } from './calls/node-get-cpu-stats.ts';
export { nodeGetMemoryStats } from './calls/node-get-memory-stats.ts';
export { nodeGetFreeMemory } from './calls/node-get-free-memory.ts';
export { nodeGetCellsFreeMemory } from './calls/node-get-cells-free-memory.ts';
export { nodeGetCpuMap } from './calls/node-get-cpu-map.ts';
export { connectCompareHypervisorCpu } from './calls/connect-compare-hypervisor-cpu.ts';
export { connectListAllDomains } from './calls/connect-list-all-domains.ts';
export { connectGetAllDomainStats } from './calls/connect-get-all-domain-stats.ts';
export { domainLookupByName } from './calls/domain-lookup-by-name.ts';
export { domainLookupByUuid } from './calls/domain-lookup-by-uuid.ts';
export { domainGetXmlDesc } from './calls/domain-get-xml-desc.ts';
export { domainGetInfo } from './calls/domain-get-info.ts';
export { domainGetState } from './calls/domain-get-state.ts';
export { domainMemoryStats } from './calls/domain-memory-stats.ts';
export { domainSetMemoryStatsPeriod } from './calls/domain-set-memory-stats-period.ts';
export { domainStartDirtyRateCalc } from './calls/domain-start-dirty-rate-calc.ts';
export { domainGetJobInfo } from './calls/domain-get-job-info.ts';
export { domainGetJobStats } from './calls/domain-get-job-stats.ts';
export { domainAbortJob } from './calls/domain-abort-job.ts';
export { domainAbortJobFlags } from './calls/domain-abort-job-flags.ts';
export { domainMigratePerform3Params } from './calls/domain-migrate-perform3-params.ts';
export { domainMigratePerform3 } from './calls/domain-migrate-perform3.ts';
export { domainMigrateBegin3Params } from './calls/domain-migrate-begin3-params.ts';
export { domainMigratePrepare3Params } from './calls/domain-migrate-prepare3-params.ts';
export { domainMigrateFinish3Params } from './calls/domain-migrate-finish3-params.ts';
export { domainMigrateConfirm3Params } from './calls/domain-migrate-confirm3-params.ts';
export { domainMigrateSetMaxDowntime } from './calls/domain-migrate-set-max-downtime.ts';
export { domainMigrateGetMaxDowntime } from './calls/domain-migrate-get-max-downtime.ts';
export { domainMigrateSetMaxSpeed } from './calls/domain-migrate-set-max-speed.ts';
export { domainMigrateGetMaxSpeed } from './calls/domain-migrate-get-max-speed.ts';
export { domainMigrateGetCompressionCache } from './calls/domain-migrate-get-compression-cache.ts';
export { domainMigrateSetCompressionCache } from './calls/domain-migrate-set-compression-cache.ts';
export { domainMigrateStartPostCopy } from './calls/domain-migrate-start-post-copy.ts';
export { domainDefineXmlFlags } from './calls/domain-define-xml-flags.ts';
export { domainCreateXml } from './calls/domain-create-xml.ts';
export { domainCreate } from './calls/domain-create.ts';
export { domainCreateWithFlags } from './calls/domain-create-with-flags.ts';
export { domainSuspend } from './calls/domain-suspend.ts';
export { domainResume } from './calls/domain-resume.ts';
export { domainShutdown } from './calls/domain-shutdown.ts';
export { domainShutdownFlags } from './calls/domain-shutdown-flags.ts';
export { domainDestroyFlags } from './calls/domain-destroy-flags.ts';
export { domainUndefineFlags } from './calls/domain-undefine-flags.ts';
export { storagePoolLookupByName } from './calls/storage-pool-lookup-by-name.ts';
export { storagePoolRefresh } from './calls/storage-pool-refresh.ts';
export { storageVolCreateXml } from './calls/storage-vol-create-xml.ts';
export { storageVolDelete } from './calls/storage-vol-delete.ts';
export { storageVolLookupByPath } from './calls/storage-vol-lookup-by-path.ts';
export { connectDomainEventCallbackRegisterAny } from './calls/connect-domain-event-callback-register-any.ts';
export { connectDomainEventCallbackDeregisterAny } from './calls/connect-domain-event-callback-deregister-any.ts';
export { domainLifecycleEvent } from './events/domain-lifecycle-event.ts';
export { domainRebootEvent } from './events/domain-reboot-event.ts';
export { domainBalloonChangeEvent } from './events/domain-balloon-change-event.ts';
export { domainMigrationIterationEvent } from './events/domain-migration-iteration-event.ts';
export { domainJobCompletedEvent } from './events/domain-job-completed-event.ts';
export { qemuMonitorCommand } from './calls/qemu-monitor-command.ts';
export { qemuDomainAttach } from './calls/qemu-domain-attach.ts';
export { qemuAgentCommand } from './calls/qemu-agent-command.ts';
export { qemuMonitorEventRegister } from './calls/qemu-monitor-event-register.ts';
export { qemuMonitorEventDeregister } from './calls/qemu-monitor-event-deregister.ts';
export { qemuMonitorEvent } from './events/qemu-monitor-event.ts';
