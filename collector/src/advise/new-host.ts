import type { Host } from '../fleet/host.ts';
import type { Snapshot } from '../fleet/snapshot.ts';

/** A host that is not there yet: like one that is, or as large as is said; what is said wins. */
export type NewHost = {
  readonly name: string;
  readonly like?: string;
  readonly cpuCores?: number;
  readonly memBytes?: number;
  readonly nicBitsPerSecond?: number;
  readonly zone?: string;
};

/** The host, switched on and empty; or, as a sentence, why there can be none. */
export const newHost = (wanted: NewHost, snapshot: Snapshot): Host | string => {
  if (snapshot.hosts.some(({ name }) => name === wanted.name))
    return `There is a host ${wanted.name} already.`;
  const like = snapshot.hosts.find(({ name }) => name === wanted.like);
  if (wanted.like !== undefined && like === undefined)
    return `${wanted.name} cannot be like ${wanted.like}: there is no such host.`;
  const cpuCores = wanted.cpuCores ?? like?.capacity.cpuCores;
  const memBytes = wanted.memBytes ?? like?.capacity.memBytes;
  if (cpuCores === undefined || memBytes === undefined)
    return `Of ${wanted.name} it must be said which host it is like, or how many cores and how much memory it has.`;
  const nic = wanted.nicBitsPerSecond ?? like?.capacity.nicBitsPerSecond ?? null;
  const disk = like?.capacity.diskBytesPerSecond ?? null;
  return {
    rack: null,
    groups: [],
    priority: 50,
    labels: {},
    cpuModel: null,
    ...like,
    name: wanted.name,
    zone: wanted.zone ?? like?.zone ?? null,
    power: 'on',
    maintenance: false,
    neverTarget: false,
    capacity: { ...like?.capacity, cpuCores, memBytes, nicBitsPerSecond: nic, diskBytesPerSecond: disk },
    load: { cpu: 0, mem: 0, net: nic === null ? null : 0, disk: disk === null ? null : 0 },
    pressure: 0,
    usage: {
      cpuCores: 0,
      memBytes: 0,
      netRxBytesPerSecond: 0,
      netTxBytesPerSecond: 0,
      diskReadBytesPerSecond: 0,
      diskWriteBytesPerSecond: 0,
      diskRequestsPerSecond: 0,
    },
    freshness: 'fresh',
    sampledAt: snapshot.at,
    source: 'file',
    trouble: [],
  };
};
