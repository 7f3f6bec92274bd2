import { hashNoise, smoothNoise } from './noise.ts';

/** What a guest would use at one moment if nobody were in its way. */
export type Demand = {
  /** Share of its vCPUs. */
  cpu: number;
  /** Share of its memory. */
  mem: number;
  rxBytesPerSecond: number;
  txBytesPerSecond: number;
  readBytesPerSecond: number;
  writeBytesPerSecond: number;
  /** Writes to memory, in pages of 4 KiB; the same page may be hit again and again. */
  pageWritesPerSecond: number;
};

export const noDemand = (): Demand => ({
  cpu: 0,
  mem: 0,
  rxBytesPerSecond: 0,
  txBytesPerSecond: 0,
  readBytesPerSecond: 0,
  writeBytesPerSecond: 0,
  pageWritesPerSecond: 0,
});

/** Fills `into` with the demand at `seconds` since 1970. Asked at any moment, in any order, it gives the same. */
export type Workload = (seconds: number, into: Demand) => void;

export type WorkloadSize = { readonly vcpus: number; readonly memBytes: number };

const day = 86_400;
const MB = 1_000_000;

/** 0 in the night, 1 in the early afternoon, with a dip at noon. */
function dailyRhythm(seconds: number, shiftHours: number): number {
  const hour = (((seconds / 3600 + shiftHours) % 24) + 24) % 24;
  const working = Math.max(0, Math.sin(((hour - 6) / 15) * Math.PI)) ** 0.7;
  const lunch = 0.18 * Math.exp(-((hour - 12.6) ** 2) / 0.5);
  return Math.max(0, working - lunch);
}

/** Rare, short and high: a burst of random length somewhere in each window, or none. */
function burst(seed: number, seconds: number, windowSeconds: number, chance: number): number {
  const window = Math.floor(seconds / windowSeconds);
  if (hashNoise(seed, window) > chance) return 0;
  const length = windowSeconds * (0.05 + 0.25 * hashNoise(seed + 1, window) ** 2);
  const start = (windowSeconds - length) * hashNoise(seed + 2, window);
  const at = seconds - window * windowSeconds - start;
  if (at < 0 || at > length) return 0;
  // Heavy-tailed: most bursts are modest, a few are not.
  return Math.min(1, 0.25 / Math.max(0.25, 1 - hashNoise(seed + 3, window)) ** 0.8);
}

function fill(
  into: Demand,
  size: WorkloadSize,
  cpu: number,
  mem: number,
  net: number,
  disk: number,
  writes: number,
): void {
  into.cpu = Math.min(1, Math.max(0.003, cpu));
  into.mem = Math.min(0.98, Math.max(0.04, mem));
  into.rxBytesPerSecond = net * 0.4;
  into.txBytesPerSecond = net;
  into.readBytesPerSecond = disk * 0.6;
  into.writeBytesPerSecond = disk * 0.4;
  // Even an idle guest touches some pages; a busy one in proportion to what its vCPUs do.
  into.pageWritesPerSecond = 60 + writes * into.cpu * size.vcpus;
}

/** Front ends and application servers: they follow the people, and all of one service together. */
export function serviceWorkload(
  seed: number,
  service: number,
  size: WorkloadSize,
  level: number,
  tier: 'web' | 'app' | 'database',
): Workload {
  const shift = (hashNoise(service, 1) - 0.5) * 4;
  const share = 0.75 + 0.5 * hashNoise(seed, 2);
  const memBase = 0.3 + 0.35 * hashNoise(seed, 3);
  return (seconds, into) => {
    const crowd =
      0.15 +
      0.85 * dailyRhythm(seconds, shift) * (0.75 + 0.5 * smoothNoise(service, seconds / 1800)) +
      0.5 * burst(service + 9, seconds, 3 * 3600, 0.35);
    const own = 0.85 + 0.3 * smoothNoise(seed, seconds / 40) + 0.25 * burst(seed + 5, seconds, 2400, 0.3);
    const cpu = level * crowd * share * own;
    const mem =
      memBase + (tier === 'database' ? 0.25 : 0.08) * smoothNoise(seed + 7, seconds / 7200) + 0.1 * crowd;
    const net = (tier === 'database' ? 2 : 6) * MB * size.vcpus * crowd * level * share;
    const disk = (tier === 'database' ? 9 : 0.4) * MB * size.vcpus * crowd * level * own;
    fill(into, size, cpu, mem, net, disk, tier === 'database' ? 2600 : 1100);
  };
}

/** Works in jobs: nothing, then everything. */
export function batchWorkload(seed: number, size: WorkloadSize, level: number): Workload {
  const window = 1800 + 5400 * hashNoise(seed, 1);
  return (seconds, into) => {
    const jobs = Math.max(burst(seed, seconds, window, 0.8), burst(seed + 40, seconds, day / 4, 0.9));
    const cpu = 0.02 + level * jobs * (0.9 + 0.1 * smoothNoise(seed, seconds / 15));
    fill(into, size, cpu, 0.15 + 0.6 * jobs, 3 * MB * jobs, 30 * MB * jobs, 3200);
  };
}

/** Its memory grows until it is restarted, as a leak or a cache without a bound does. */
export function growingWorkload(seed: number, size: WorkloadSize, level: number): Workload {
  const period = (4 + 8 * hashNoise(seed, 1)) * 3600;
  const offset = hashNoise(seed, 2) * period;
  return (seconds, into) => {
    const age = ((seconds + offset) % period) / period;
    const cpu = level * (0.4 + 0.6 * smoothNoise(seed, seconds / 300)) * (1 + 0.4 * age);
    fill(into, size, cpu, 0.2 + 0.75 * age, 1 * MB, 2 * MB, 1500);
  };
}

/** Quiet for a while, then takes all it can get: the neighbour that others notice. */
export function noisyWorkload(seed: number, size: WorkloadSize, level: number): Workload {
  return (seconds, into) => {
    const shout = burst(seed, seconds, 900, 0.55);
    const cpu = 0.06 + level * shout * (0.8 + 0.2 * smoothNoise(seed + 2, seconds / 5));
    fill(into, size, cpu, 0.4 + 0.2 * shout, 25 * MB * shout, 60 * MB * shout, 5200);
  };
}

export function idleWorkload(seed: number, size: WorkloadSize): Workload {
  return (seconds, into) => {
    fill(into, size, 0.008 + 0.02 * smoothNoise(seed, seconds / 120), 0.12, 0.01 * MB, 0.02 * MB, 300);
  };
}

/** Rises steadily from one level to another and stays there. */
export function rampWorkload(
  seed: number,
  size: WorkloadSize,
  from: number,
  to: number,
  startSeconds: number,
  lengthSeconds: number,
): Workload {
  return (seconds, into) => {
    const done = Math.min(1, Math.max(0, (seconds - startSeconds) / lengthSeconds));
    const level = from + (to - from) * done;
    const cpu = level * (0.93 + 0.14 * smoothNoise(seed, seconds / 30));
    fill(into, size, cpu, 0.35 + 0.2 * done, 4 * MB * size.vcpus * level, 2 * MB, 1400);
  };
}

/** Replays a recorded trace of CPU shares 0..1, round and round; moves in a straight line between two values. */
export function traceWorkload(
  seed: number,
  size: WorkloadSize,
  shares: readonly number[],
  stepSeconds: number,
): Workload {
  const memBase = 0.25 + 0.4 * hashNoise(seed, 1);
  return (seconds, into) => {
    const place = (seconds / stepSeconds) % shares.length;
    const index = Math.floor(place);
    const here = shares[index] ?? 0;
    const next = shares[(index + 1) % shares.length] ?? here;
    const cpu = here + (next - here) * (place - index);
    fill(into, size, cpu, memBase + 0.2 * cpu, 5 * MB * size.vcpus * cpu, 2 * MB * size.vcpus * cpu, 1500);
  };
}
