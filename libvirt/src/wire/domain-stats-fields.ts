import { ParameterType, type ParameterValue } from './typed-parameter.ts';
import {
  BalloonStats,
  BlockGroup,
  BlockStats,
  CpuStats,
  DirtyRateStats,
  type DomainStats,
  InterfaceStats,
  IothreadGroup,
  IothreadStats,
  NetGroup,
  StateStats,
  VcpuGroup,
  VcpuStats,
} from './domain-stats.ts';

const { int, uint, llong, ullong, boolean, string } = ParameterType;

/** A record that fields are read from and written to by name. */
export type FieldTarget = Record<string, ParameterValue | undefined>;

/** One field: libvirt's name for it (after the prefix of its place), its type on the wire, our property. */
type FieldRow = readonly [suffix: string, type: number, property: string];

/** A place in a DomainStats where fields live. */
export interface StatsPlace {
  /** With `#` where the index of a list item stands. */
  readonly prefix: string;
  readonly fields: readonly FieldRow[];
  /** The record of that place; `create` makes it if it is not there. Undefined: not there, or out of order. */
  find(stats: DomainStats, index: number, create: boolean): FieldTarget | undefined;
}

/** Items of a list place arrive in ascending order, so only the last one can be meant. */
function item<T extends { readonly index: number }>(
  list: T[],
  index: number,
  create: boolean,
  Item: new (index: number) => T,
): T | undefined {
  const last = list.at(-1);
  if (last?.index === index) return last;
  if (!create) return list.find((candidate) => candidate.index === index);
  if (last !== undefined && last.index > index) return undefined;
  const added = new Item(index);
  list.push(added);
  return added;
}

function place(
  prefix: string,
  fields: readonly FieldRow[],
  find: (stats: DomainStats, index: number, create: boolean) => object | undefined,
): StatsPlace {
  return { prefix, fields, find: find as StatsPlace['find'] };
}

const trafficFields: readonly FieldRow[] = [
  ['bytes', ullong, 'bytes'],
  ['pkts', ullong, 'pkts'],
  ['errs', ullong, 'errs'],
  ['drop', ullong, 'drop'],
];
const transferFields: readonly FieldRow[] = [
  ['reqs', ullong, 'reqs'],
  ['bytes', ullong, 'bytes'],
  ['times', ullong, 'times'],
];

function vcpuGroup(stats: DomainStats, create: boolean): VcpuGroup | undefined {
  return create ? (stats.vcpu ??= new VcpuGroup()) : stats.vcpu;
}
function netItem(stats: DomainStats, index: number, create: boolean): InterfaceStats | undefined {
  const group = create ? (stats.net ??= new NetGroup()) : stats.net;
  return group && item(group.list, index, create, InterfaceStats);
}
function blockItem(stats: DomainStats, index: number, create: boolean): BlockStats | undefined {
  const group = create ? (stats.block ??= new BlockGroup()) : stats.block;
  return group && item(group.list, index, create, BlockStats);
}

/** Every field that has a place of its own in DomainStats, in the order in which libvirt reports them. */
export const statsPlaces: readonly StatsPlace[] = [
  place(
    'state.',
    [
      ['state', int, 'state'],
      ['reason', int, 'reason'],
    ],
    (stats, _, create) => (create ? (stats.state ??= new StateStats()) : stats.state),
  ),
  place(
    'cpu.',
    [
      ['time', ullong, 'time'],
      ['user', ullong, 'user'],
      ['system', ullong, 'system'],
      ['cache.monitor.count', uint, 'cacheMonitorCount'],
      ['haltpoll.success.time', ullong, 'haltpollSuccessTime'],
      ['haltpoll.fail.time', ullong, 'haltpollFailTime'],
    ],
    (stats, _, create) => (create ? (stats.cpu ??= new CpuStats()) : stats.cpu),
  ),
  place(
    'balloon.',
    [
      ['current', ullong, 'current'],
      ['maximum', ullong, 'maximum'],
      ['swap_in', ullong, 'swapIn'],
      ['swap_out', ullong, 'swapOut'],
      ['major_fault', ullong, 'majorFault'],
      ['minor_fault', ullong, 'minorFault'],
      ['unused', ullong, 'unused'],
      ['available', ullong, 'available'],
      ['usable', ullong, 'usable'],
      ['last-update', ullong, 'lastUpdate'],
      ['disk_caches', ullong, 'diskCaches'],
      ['hugetlb_pgalloc', ullong, 'hugetlbPgalloc'],
      ['hugetlb_pgfail', ullong, 'hugetlbPgfail'],
      ['rss', ullong, 'rss'],
    ],
    (stats, _, create) => (create ? (stats.balloon ??= new BalloonStats()) : stats.balloon),
  ),
  place(
    'vcpu.',
    [
      ['current', uint, 'current'],
      ['maximum', uint, 'maximum'],
    ],
    (stats, _, create) => vcpuGroup(stats, create),
  ),
  place(
    'vcpu.#.',
    [
      ['state', int, 'state'],
      ['time', ullong, 'time'],
      ['wait', ullong, 'wait'],
      ['halted', boolean, 'halted'],
      ['delay', ullong, 'delay'],
    ],
    (stats, index, create) => {
      const group = vcpuGroup(stats, create);
      return group && item(group.list, index, create, VcpuStats);
    },
  ),
  place('net.', [['count', uint, 'count']], (stats, _, create) =>
    create ? (stats.net ??= new NetGroup()) : stats.net,
  ),
  place('net.#.', [['name', string, 'name']], netItem),
  place('net.#.rx.', trafficFields, (stats, index, create) => netItem(stats, index, create)?.rx),
  place('net.#.tx.', trafficFields, (stats, index, create) => netItem(stats, index, create)?.tx),
  place('block.', [['count', uint, 'count']], (stats, _, create) =>
    create ? (stats.block ??= new BlockGroup()) : stats.block,
  ),
  place(
    'block.#.',
    [
      ['name', string, 'name'],
      ['path', string, 'path'],
      ['backingIndex', uint, 'backingIndex'],
    ],
    blockItem,
  ),
  place('block.#.rd.', transferFields, (stats, index, create) => blockItem(stats, index, create)?.rd),
  place('block.#.wr.', transferFields, (stats, index, create) => blockItem(stats, index, create)?.wr),
  place(
    'block.#.fl.',
    [
      ['reqs', ullong, 'reqs'],
      ['times', ullong, 'times'],
    ],
    (stats, index, create) => blockItem(stats, index, create)?.fl,
  ),
  place(
    'block.#.',
    [
      ['errors', ullong, 'errors'],
      ['allocation', ullong, 'allocation'],
      ['capacity', ullong, 'capacity'],
      ['physical', ullong, 'physical'],
      ['threshold', ullong, 'threshold'],
    ],
    blockItem,
  ),
  place('iothread.', [['count', uint, 'count']], (stats, _, create) =>
    create ? (stats.iothread ??= new IothreadGroup()) : stats.iothread,
  ),
  place(
    'iothread.#.',
    [
      ['poll-max-ns', ullong, 'pollMaxNs'],
      ['poll-grow', uint, 'pollGrow'],
      ['poll-shrink', uint, 'pollShrink'],
    ],
    (stats, index, create) => {
      const group = create ? (stats.iothread ??= new IothreadGroup()) : stats.iothread;
      return group && item(group.list, index, create, IothreadStats);
    },
  ),
  place(
    'dirtyrate.',
    [
      ['calc_status', int, 'calcStatus'],
      ['calc_start_time', llong, 'calcStartTime'],
      ['calc_period', int, 'calcPeriod'],
      ['calc_mode', string, 'calcMode'],
      ['megabytes_per_second', llong, 'megabytesPerSecond'],
    ],
    (stats, _, create) => (create ? (stats.dirtyRate ??= new DirtyRateStats()) : stats.dirtyRate),
  ),
];
