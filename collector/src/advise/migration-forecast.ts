import type { Host } from '../fleet/host.ts';
import { pairOf, type MigrationCalibration, type PathCalibration } from '../fleet/migration-calibration.ts';
import type { MoveForecast } from '../fleet/move.ts';
import type { Policy } from '../fleet/policy.ts';
import type { Vm } from '../fleet/vm.ts';
import { preCopy, type PreCopyOutcome, type Throttle } from './pre-copy.ts';

export type MoveForecastContext = {
  readonly policy: Policy;
  readonly calibration: MigrationCalibration;
  /** Migrations that already run, by host name: they share its NIC. */
  readonly flowing?: ReadonlyMap<string, number>;
  /** A cap asked for by an operator, bytes per second. */
  readonly bandwidthLimit?: number;
  /** Instead of the one that would be chosen. */
  readonly strategy?: MoveForecast['strategy'];
};

/** QEMU's own defaults. */
export const qemuThrottle: Throttle = { initial: 0.2, increment: 0.1, maximum: 0.99 };
/** What xbzrle leaves of a page that is sent again: between a tenth and nearly all; most report about half. */
const xbzrleShare = 0.5;
/** A single stream of QEMU, plain and with TLS; several streams share the work of several threads. */
const singleStream = 1_500_000_000;
const tlsStream = 600_000_000;
const parallelStreams = 4;
const largeVm = 16 * 2 ** 30;
const unknownNic = 10_000_000_000 / 8;
/** However busy a NIC is, TCP gives a new stream something. */
const leastShare = 0.1;
/** Above this the CPU that xbzrle takes costs more than the bytes it saves. */
const slowLink = 125_000_000;
/** ln of the 80 % interval's half width, in standard deviations. */
const eighty = 1.28;
const switchToPostCopySeconds = 0.1;

/** What calibration needs to compare a forecast with what was measured. */
export type ForecastInputs = {
  /** Bytes per second that were reckoned with. */
  readonly link: number;
  readonly memoryBytes: number;
  readonly looksUsedBytes: number;
  readonly sampledDirtyBytesPerSecond: number | null;
  readonly downtimeLimitSeconds: number;
  /** How long sending what is left when the guest stops was expected to take. */
  readonly restSeconds: number;
};

export const forecastMove = (vm: Vm, from: Host, to: Host, context: MoveForecastContext): MoveForecast =>
  forecastWithInputs(vm, from, to, context).forecast;

export const forecastWithInputs = (
  vm: Vm,
  from: Host,
  to: Host,
  context: MoveForecastContext,
): { readonly forecast: MoveForecast; readonly inputs: ForecastInputs } => {
  const { policy, calibration } = context;
  const path = calibration.pairs[pairOf(from.name, to.name)] ?? calibration.fleet;
  const learned = calibration.vms[vm.uuid];
  const link = linkShare(from, to, context);
  const touched = touchedBytes(vm, calibration);
  const dirty =
    vm.dirtyRate === null
      ? (learned?.dirtyBytesPerSecond ?? assumedDirtyRate(vm, touched))
      : vm.dirtyRate.bytesPerSecond * (learned?.dirtyFactor ?? 1);
  const disks = vm.rules.localDisks === 'copy' ? vm.rules.localDiskBytes : 0;
  const ways = waysToMove(vm, from, to, policy, { link, touched, dirty, path });
  const chosen =
    context.strategy === undefined
      ? (ways.find((way) => way.converges && way.seconds <= policy.migration.maximumSeconds) ??
        ways.find((way) => way.converges) ??
        ways.find((way) => way.strategy === 'pre-copy')!)
      : (ways.find((way) => way.strategy === context.strategy) ?? ways[0]!);

  const seconds = chosen.seconds + (path.linkFactor * disks) / link;
  const bytes = chosen.bytes + disks;
  const downtime = standstillOf(path, link, chosen.rate) + chosen.restSeconds;
  return {
    forecast: {
      bytes: interval(bytes, path.spread / 2, eighty),
      seconds: interval(seconds, path.spread, eighty),
      downtimeSeconds: interval(downtime, path.downtimeSpread, eighty),
      rounds: chosen.rounds,
      converges: chosen.converges,
      strategy: chosen.strategy,
      copiesDisks: disks > 0,
      reason: chosen.reason,
    },
    inputs: {
      link: Math.min(link, streamLimit(from, to, policy)),
      memoryBytes: vm.memory.currentBytes,
      looksUsedBytes: looksUsedBytes(vm),
      sampledDirtyBytesPerSecond: vm.dirtyRate?.bytesPerSecond ?? null,
      downtimeLimitSeconds: policy.migration.downtimeMs / 1000,
      restSeconds: chosen.restSeconds,
    },
  };
};

type Way = {
  readonly rate: number;
  readonly strategy: MoveForecast['strategy'];
  readonly converges: boolean;
  readonly bytes: number;
  readonly seconds: number;
  /** How long the last of its bytes take, while the VM stands still. */
  readonly restSeconds: number;
  readonly rounds: number;
  readonly reason: string;
};

type Facts = {
  readonly link: number;
  readonly touched: number;
  readonly dirty: number;
  readonly path: PathCalibration;
};

/** What one stream of QEMU can do, whatever the link. */
const streamLimit = (from: Host, to: Host, policy: Policy): number => {
  const offered = [from, to].every((host) => host.features?.includes('tls-migration') === true);
  return policy.migration.requireTls || offered ? tlsStream : singleStream;
};

/** All ways that hosts and policy allow, the least intrusive first. */
const waysToMove = (vm: Vm, from: Host, to: Host, policy: Policy, facts: Facts): Way[] => {
  const both = (feature: 'tls-migration' | 'rdma' | 'post-copy') =>
    from.features?.includes(feature) === true && to.features?.includes(feature) === true;
  const stream = streamLimit(from, to, policy);
  const encrypted = stream === tlsStream;
  const plainRate = paceOf(facts, Math.min(facts.link, stream), 1);
  const limit = policy.migration.downtimeMs / 1000;
  const run = (rate: number, resendShare: number, throttle: Throttle | null): PreCopyOutcome =>
    preCopy({
      touched: facts.touched,
      workingSet: workingSet(facts),
      dirtyPerSecond: facts.dirty,
      bytesPerSecond: rate,
      downtimeLimit: limit,
      resendShare,
      throttle,
    });
  const way = (strategy: Way['strategy'], rate: number, outcome: PreCopyOutcome, reason: string): Way => ({
    rate,
    strategy,
    converges: outcome.converges,
    bytes: outcome.bytes,
    seconds: facts.path.setupSeconds + outcome.bytes / rate,
    restSeconds: outcome.rest / rate,
    rounds: outcome.rounds,
    reason,
  });

  const pace = `it dirties ${rateText(facts.dirty)} and the way carries ${rateText(plainRate)}`;
  const plain = run(plainRate, 1, null);
  const ways: Way[] = [
    way(
      'pre-copy',
      plainRate,
      plain,
      plain.converges ? `plain pre-copy converges: ${pace}` : `will not converge: ${pace}`,
    ),
  ];
  if (!encrypted && both('rdma') && facts.link > stream) {
    const rate = paceOf(facts, facts.link, 2);
    ways.unshift(way('rdma', rate, run(rate, 1, null), 'both hosts have RDMA'));
  } else if (facts.link > stream && vm.memory.currentBytes > largeVm) {
    const rate = paceOf(facts, Math.min(facts.link, parallelStreams * stream), parallelStreams);
    ways.unshift(way('parallel', rate, run(rate, 1, null), 'a large VM on a link faster than one stream'));
  }
  if (policy.migration.allowCompression && plainRate <= slowLink)
    ways.push(
      way(
        'compression',
        plainRate,
        run(plainRate, xbzrleShare, null),
        `sending only what changed within pages makes up for a slow link: ${pace}`,
      ),
    );
  if (policy.migration.allowAutoConverge)
    ways.push(
      way(
        'auto-converge',
        plainRate,
        run(plainRate, 1, qemuThrottle),
        `the guest is slowed until it converges: ${pace}`,
      ),
    );
  if (policy.migration.allowPostCopy && both('post-copy')) ways.push(postCopyWay(facts, plainRate, pace));
  return ways;
};

/** Bytes per second: the network and the hosts' own work go on at once, so the slower of them sets the pace. */
const paceOf = ({ path }: Facts, link: number, threads: number): number =>
  Math.min(link / path.linkFactor, threads / path.secondsPerByte);

/** How long a VM stands still beside the last copy. */
const standstillOf = (path: PathCalibration, link: number, rate: number): number =>
  path.downtimeBaseSeconds + (rate * path.linkFactor >= link * 0.999 ? path.queueSeconds : 0);

/** One pass of pre-copy, then the guest runs at the target and what was dirtied meanwhile follows. */
const postCopyWay = (facts: Facts, rate: number, pace: string): Way => {
  const firstPass = facts.touched / rate;
  const set = workingSet(facts);
  const dirtied = set * (1 - Math.exp((-facts.dirty * firstPass) / Math.max(set, 1)));
  const bytes = facts.touched + dirtied;
  return {
    rate,
    strategy: 'post-copy',
    converges: true,
    bytes,
    seconds: facts.path.setupSeconds + bytes / rate,
    restSeconds: switchToPostCopySeconds,
    rounds: 2,
    reason: `post-copy always ends, but loses the VM when the link breaks meanwhile: ${pace}`,
  };
};

/** What one more stream gets of the narrower NIC: an equal share among migrations of what guests leave. */
const linkShare = (from: Host, to: Host, context: MoveForecastContext): number => {
  const free = (host: Host, traffic: number | null) => {
    const nic = host.capacity.nicBitsPerSecond === null ? unknownNic : host.capacity.nicBitsPerSecond / 8;
    const others = context.flowing?.get(host.name) ?? 0;
    return Math.max(nic - (traffic ?? 0), nic * leastShare) / (1 + others);
  };
  return Math.min(
    free(from, from.usage.netTxBytesPerSecond),
    free(to, to.usage.netRxBytesPerSecond),
    context.bandwidthLimit ?? Number.POSITIVE_INFINITY,
  );
};

/** Pages that were ever written; the others are zero and cost next to nothing. */
const touchedBytes = (vm: Vm, calibration: MigrationCalibration): number => {
  const looksUsed = looksUsedBytes(vm);
  const share = calibration.vms[vm.uuid]?.touchedShare ?? calibration.touchedShare;
  return Math.min(vm.memory.currentBytes, looksUsed * share);
};

/** The figure that touchedShare relates to. */
const looksUsedBytes = (vm: Vm): number =>
  vm.memory.trusted && vm.memory.usedBytes !== null ? vm.memory.usedBytes : vm.memory.currentBytes;

/** No sample and no past move: a busy guest rewrites a share of its memory, an idle one next to nothing. */
const assumedDirtyRate = (vm: Vm, touched: number): number => 0.02 * touched * (vm.load.cpu ?? 0.5);

/** Sampling tells how fast pages become dirty, not how many different ones: some seconds' worth, at least a twentieth. */
const workingSet = ({ touched, dirty }: Facts): number =>
  Math.min(touched, Math.max(10 * dirty, touched / 20));

const interval = (value: number, spread: number, deviations: number) => ({
  value,
  low: value * Math.exp(-deviations * spread),
  high: value * Math.exp(deviations * spread),
});

const rateText = (bytesPerSecond: number): string => `${(bytesPerSecond / 2 ** 20).toFixed(1)} MiB/s`;
