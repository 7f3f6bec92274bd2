import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Clock } from '../fleet/clock.ts';
import type { HostCapacity } from '../fleet/host.ts';
import type { HostConfig } from './host-config.ts';
import type { NodeMemoryReading } from './node-load.ts';
import { TroubleBook } from './trouble-book.ts';
import { VirtTopCsv, type VirtTopRow, type VirtTopVm } from './virt-top-csv.ts';
import { everything } from './read-turns.ts';
import { unknownRates, type VmRates } from './vm-rates.ts';
import type { VmRulesConfig } from './vm-rules-config.ts';
import type { PollCost, PollingOptions, WatchedHost } from './watched-host.ts';
import { WatchedVm } from './watched-vm.ts';

export type VirtTopWatchOptions = {
  readonly config: HostConfig;
  readonly source: NonNullable<HostConfig['virtTop']>;
  readonly polling: PollingOptions;
  readonly rules: readonly VmRulesConfig[];
  readonly clock: Clock;
  readonly onSample: (host: WatchedHost) => void;
  readonly log: (message: string) => void;
  /** Starts virt-top on another machine; by default through ssh. */
  readonly remote?: (target: string, seconds: number) => ChildProcess;
};

const restartMs = 10_000;
/** How much of a file that was there before is read for its header and latest line. */
const tailBytes = 1_048_576;

/** Observes a host that offers no libvirt access, through what `virt-top --csv` writes. */
export class VirtTopWatch implements WatchedHost {
  readonly source = 'virt-top';
  readonly vms = new Map<string, WatchedVm>();
  readonly troubles = new TroubleBook();
  readonly cost: PollCost = { polls: 0, errors: 0, late: 0, pollSeconds: null };
  readonly cpuModel = null;
  readonly cpuFeatures = undefined;
  readonly postCopy = false;
  readonly memory: NodeMemoryReading | null = null;
  config: HostConfig;
  cpuShare: number | null = null;
  sampledMs: number | null = null;
  readonly #options: VirtTopWatchOptions;
  readonly #csv = new VirtTopCsv();
  #cancelTimer: () => void = () => undefined;
  #child: ChildProcess | null = null;
  #offset: number | null = null;
  #before: VirtTopRow | null = null;
  #stopped = false;

  constructor(options: VirtTopWatchOptions) {
    this.#options = options;
    this.config = options.config;
  }

  /** What a host is made of is not in virt-top's output, so the fleet file says it. */
  get capacity(): HostCapacity {
    const { cpuCores, memMebibytes } = this.#options.source;
    const { nicMegabitsPerSecond: nic, diskMegabytesPerSecond: disk } = this.config;
    return {
      cpuCores,
      memBytes: memMebibytes * 1_048_576,
      nicBitsPerSecond: nic === undefined ? null : nic * 1e6,
      diskBytesPerSecond: disk === undefined ? null : disk * 1e6,
    };
  }

  start(): void {
    const { file, ssh } = this.#options.source;
    if (file !== undefined) this.#follow(file);
    else if (ssh !== undefined) this.#run(ssh);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#child?.kill();
  }

  reconfigure(config: HostConfig): void {
    this.config = config;
  }

  #follow(file: string): void {
    void this.#readMore(file)
      .catch((error: unknown) => {
        this.#failed(`${file}: ${(error as Error).message}`);
      })
      .finally(() => {
        if (this.#stopped) return;
        this.#cancelTimer = this.#options.clock.after(
          Math.min(1000, this.#options.polling.intervalMs),
          () => {
            this.#follow(file);
          },
        );
      });
  }

  async #readMore(file: string): Promise<void> {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      if (this.#offset === null) {
        const head = await readRange(handle, 0, Math.min(size, 4096));
        const newline = head.indexOf('\n');
        this.#csv.take(newline < 0 ? '' : head.slice(0, newline + 1)); // the header
        const from = Math.max(newline + 1, size - tailBytes);
        const tail = await readRange(handle, from, size - from);
        const whole = from === newline + 1 ? tail : tail.slice(tail.indexOf('\n') + 1);
        this.#offset = size;
        // only the latest line is of now
        this.#take(this.#csv.take(whole).slice(-1));
        return;
      }
      if (size < this.#offset) {
        this.#csv.reset(); // the file was replaced
        this.#offset = 0;
      }
      if (size === this.#offset) return;
      const text = await readRange(handle, this.#offset, size - this.#offset);
      this.#offset = size;
      this.#take(this.#csv.take(text));
    } finally {
      await handle.close();
    }
  }

  #run(target: string): void {
    const seconds = Math.max(1, Math.round(this.#options.polling.intervalMs / 1000));
    const child = (this.#options.remote ?? runVirtTop)(target, seconds);
    this.#child = child;
    this.#before = null;
    this.#csv.reset();
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#take(this.#csv.take(text));
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = text.trim().slice(-200)));
    const ended = (why: string) => {
      if (this.#child !== child) return;
      this.#child = null;
      if (this.#stopped) return;
      this.#failed(`virt-top on ${target} ended: ${why}`);
      this.#cancelTimer = this.#options.clock.after(restartMs, () => {
        this.#run(target);
      });
    };
    child.once('error', (error) => {
      ended(error.message);
    });
    child.once('close', (code) => {
      ended(said === '' ? `exit code ${code}` : said);
    });
  }

  #take(rows: readonly VirtTopRow[]): void {
    for (const row of rows) this.#takeRow(row);
    if (rows.length > 0) this.#options.onSample(this);
  }

  #takeRow(row: VirtTopRow): void {
    const { clock } = this.#options;
    const atMs = clock.monotonic();
    const seconds = secondsBetween(this.#before, row);
    // virt-top's first line compares with nothing
    const first = this.#before === null;
    this.#before = row;
    this.cost.polls++;
    this.cpuShare = first ? null : row.cpuShare;
    this.sampledMs = atMs;
    const named = new Set<string>();
    for (const one of row.vms) {
      const uuid = uuidOfName(one.name);
      named.add(uuid);
      const known = this.vms.get(uuid);
      const vm = known?.ref.id === one.id ? known : this.#newVm(uuid, one, atMs);
      vm.sampledMs = atMs;
      vm.rates = first || vm !== known ? unknownRates : ratesOf(one, row.physicalCpus, seconds);
      if (vm.rates.cpuCores !== null)
        vm.reading = { ...vm.reading, vcpus: Math.max(vm.reading.vcpus, Math.ceil(vm.rates.cpuCores)) };
      if (one.memBytes !== null && one.memBytes > 0)
        vm.memory = {
          maximumBytes: one.memBytes,
          currentBytes: one.memBytes,
          usedBytes: null,
          source: 'allocation',
          trusted: false,
        };
    }
    for (const uuid of this.vms.keys()) if (!named.has(uuid)) this.vms.delete(uuid);
  }

  /** The number of vCPUs is not told: it is taken to be what the VM was seen to use, and at least one. */
  #newVm(uuid: string, { id, name }: VirtTopVm, atMs: number): WatchedVm {
    const reading = {
      uuid,
      name,
      runId: id,
      state: 'running' as const,
      stateReason: 0,
      vcpus: 1,
      cpuSeconds: undefined,
      delays: undefined,
      interfaces: undefined,
      disks: undefined,
      diskSizes: [],
      memory: undefined,
      answered: { memory: false, disk: false, pressure: false },
    };
    const vm = new WatchedVm(
      { name, uuid, id },
      { reading, atMs, uncertaintyMs: 0 },
      everything,
      this.#options.clock.now(),
    );
    this.vms.set(uuid, vm);
    return vm;
  }

  #failed(message: string): void {
    const { clock, log } = this.#options;
    this.cost.errors++;
    const known = this.troubles.list(clock.monotonic()).some((trouble) => trouble.message === message);
    if (!known) log(`${this.config.name}: ${message}`);
    this.troubles.note('scrape-error', message, clock.monotonic(), clock.now());
  }
}

function ratesOf(vm: VirtTopVm, physicalCpus: number, seconds: number | null): VmRates {
  const perSecond = (value: number | null) =>
    value === null || seconds === null ? null : Math.max(0, value) / seconds;
  const inBytes = vm.blockUnit === 'bytes';
  const requests =
    vm.blockRead === null || vm.blockWritten === null
      ? null
      : Math.max(0, vm.blockRead) + Math.max(0, vm.blockWritten);
  return {
    cpuCores: vm.cpuShare === null ? null : vm.cpuShare * physicalCpus,
    netRxBytesPerSecond: perSecond(vm.netReceived),
    netTxBytesPerSecond: perSecond(vm.netSent),
    diskReadBytesPerSecond: inBytes ? perSecond(vm.blockRead) : null,
    diskWriteBytesPerSecond: inBytes ? perSecond(vm.blockWritten) : null,
    diskRequestsPerSecond: inBytes ? null : perSecond(requests),
    pressure: null,
  };
}

/** Null when it cannot be told, as when the clock of that host was set. */
function secondsBetween(before: VirtTopRow | null, now: VirtTopRow): number | null {
  if (before?.timeOfDay == null || now.timeOfDay === null) return null;
  const seconds = (now.timeOfDay - before.timeOfDay + 86_400) % 86_400;
  return seconds > 0 && seconds < 3600 ? seconds : null;
}

/** virt-top knows no uuid. One made of the name stays the same wherever the VM runs. */
export function uuidOfName(name: string): string {
  const hex = createHash('sha256').update(`evenkeel virt-top ${name}`).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

const runVirtTop = (target: string, seconds: number): ChildProcess =>
  spawn(
    'ssh',
    [
      '-o',
      'BatchMode=yes',
      '-o',
      'ServerAliveInterval=5',
      '--',
      target,
      `virt-top --script --csv /dev/stdout -d ${seconds}`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );

async function readRange(
  handle: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<string> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.toString('utf8', 0, bytesRead);
}
