import { ParameterType } from '../wire/typed-parameter.ts';

const { int, ullong, string } = ParameterType;

/** The parameters of a migration (VIR_MIGRATE_PARAM_*): our name, libvirt's name, the type on the wire. */
export const migrateParameters = {
  migrateUri: ['migrate_uri', string],
  destinationName: ['destination_name', string],
  destinationXml: ['destination_xml', string],
  persistentXml: ['persistent_xml', string],
  graphicsUri: ['graphics_uri', string],
  listenAddress: ['listen_address', string],
  /** May be given several times: one disk each. */
  migrateDisks: ['migrate_disks', string],
  disksUri: ['disks_uri', string],
  disksPort: ['disks_port', int],
  /** May be given several times: xbzrle, mt. */
  compression: ['compression', string],
  compressionXbzrleCache: ['compression.xbzrle.cache', ullong],
  compressionMtLevel: ['compression.mt.level', int],
  compressionMtThreads: ['compression.mt.threads', int],
  compressionMtDthreads: ['compression.mt.dthreads', int],
  tlsDestination: ['tls.destination', string],
  /** MiB/s */
  bandwidth: ['bandwidth', ullong],
  /** MiB/s */
  bandwidthPostCopy: ['bandwidth.postcopy', ullong],
  /** Percent of its time that a guest is slowed down at first. */
  autoConvergeInitial: ['auto_converge.initial', int],
  autoConvergeIncrement: ['auto_converge.increment', int],
  parallelConnections: ['parallel.connections', int],
} as const;
