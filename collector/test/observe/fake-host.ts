import {
  BalloonStats,
  BlockGroup,
  BlockStats,
  CpuStats,
  DomainStats,
  ErrorCode,
  type AnyEvent,
  EventStream,
  InterfaceStats,
  NetGroup,
  LibvirtError,
  type Procedure,
  StateStats,
  StatsGroup,
  VcpuGroup,
  VcpuStats,
} from '@evenkeel/libvirt';
import type { HostClient } from '../../src/observe/host-client.ts';
import type { HandClock } from './hand-clock.ts';

export type FakeVm = {
  readonly uuid: string;
  name: string;
  id: number;
  /** virDomainState */
  state: number;
  cpuSeconds: number;
  delaySeconds: number;
  rxBytes: bigint;
  txBytes: bigint;
  readBytes: number;
  tap: string;
  hung: boolean;
  reportedAt: number;
  xml: string;
};

const idleNanoseconds = 1_000_000_000n;

/** What a host would answer, without a host: the pure part of observing can be tested in no time. */
export class FakeHost {
  readonly vms: FakeVm[] = [];
  #events = new EventStream<AnyEvent>(1000, () => undefined);
  busySeconds = 0;
  idleSeconds = 0;
  /** Every call waits for ever, as with a daemon whose workers are all stuck. */
  stuck = false;
  /** Milliseconds that each answer takes. */
  slowMs = 0;
  /** As libvirt counts its versions. */
  libvirt = 9_000_000n;
  connections = 0;
  closed = 0;
  readonly asked: string[] = [];
  /** The groups of each question about all VMs. */
  readonly askedGroups: number[] = [];
  readonly #clock: HandClock;

  constructor(clock: HandClock) {
    this.#clock = clock;
  }

  add(number: number, more: Partial<FakeVm> = {}): FakeVm {
    const vm: FakeVm = {
      uuid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
      name: `vm-${number}`,
      id: number,
      state: 1,
      cpuSeconds: 100,
      delaySeconds: 0,
      rxBytes: 0n,
      txBytes: 0n,
      readBytes: 0,
      tap: `vnet${number}`,
      hung: false,
      reportedAt: 0,
      xml: `<domain><name>vm-${number}</name><vcpu>2</vcpu></domain>`,
      ...more,
    };
    this.vms.push(vm);
    return vm;
  }

  readonly connect = (): HostClient => {
    this.connections++;
    let open = false;
    const events = new EventStream<AnyEvent>(1000, () => undefined);
    this.#events = events;
    const client: HostClient = {
      get isConnected() {
        return open;
      },
      events: () => Promise.resolve(events),
      connectInBackground: () => {
        open = true;
        events.push({ kind: 'connected' });
      },
      close: () => {
        open = false;
        this.closed++;
        events.close();
      },
      domainStats: (options) => {
        const { groups = 0, domains, timeoutMs } = options ?? {};
        if (domains === undefined) this.askedGroups.push(groups);
        return this.#answer(timeoutMs, () =>
          this.vms
            .filter((vm) => domains === undefined || domains.some((one) => one.uuid === vm.uuid))
            .map((vm) => only(statsOf(vm), groups)),
        );
      },
      call: <Args, Ret>(procedure: Procedure<Args, Ret>, args: Args, options?: { timeoutMs?: number }) =>
        this.#answer(options?.timeoutMs, () => this.#call(procedure.name, args) as Ret),
    };
    return client;
  };

  tell(kind: 'lifecycle', vm: FakeVm, event: number, detail: number): void {
    this.#events.push({ kind, domain: { uuid: vm.uuid, name: vm.name, id: vm.id }, event, detail });
  }

  async #answer<T>(timeoutMs: number | undefined, answer: () => T): Promise<T> {
    const limit = timeoutMs ?? 30_000;
    if (this.stuck || this.slowMs >= limit) {
      await this.#wait(limit);
      throw new LibvirtError(ErrorCode.timeout, `no answer within ${limit} ms`);
    }
    if (this.slowMs > 0) await this.#wait(this.slowMs);
    return answer();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }

  #call(name: string, args: unknown): unknown {
    this.asked.push(name);
    switch (name) {
      case 'ConnectGetLibVersion':
        return { libVer: this.libvirt };
      case 'ConnectGetVersion':
        return { hvVer: 7_002_000n };
      case 'NodeGetInfo':
        return {
          model: 'x86_64',
          memory: 8_388_608n,
          cpus: 4,
          mhz: 2000,
          nodes: 1,
          sockets: 1,
          cores: 4,
          threads: 1,
        };
      case 'NodeGetCPUStats':
        return {
          params: [
            { field: 'kernel', value: 0n },
            { field: 'user', value: BigInt(Math.round(this.busySeconds * 1e9)) },
            { field: 'idle', value: BigInt(Math.round(this.idleSeconds * 1e9)) + idleNanoseconds },
          ],
          nparams: 3,
        };
      case 'NodeGetMemoryStats':
        return {
          params: [
            { field: 'total', value: 8_388_608n },
            { field: 'free', value: 4_194_304n },
            { field: 'buffers', value: 0n },
            { field: 'cached', value: 2_097_152n },
          ],
          nparams: 4,
        };
      case 'ConnectGetCapabilities':
        return { capabilities: '<capabilities><host><cpu><model>EPYC</model></cpu></host></capabilities>' };
      case 'DomainGetXMLDesc':
        return { xml: this.vms.find((vm) => vm.uuid === (args as { dom: { uuid: string } }).dom.uuid)!.xml };
      default:
        throw new LibvirtError(ErrorCode.notSupported, `unknown procedure ${name}`);
    }
  }
}

/** What was not asked for is not told. */
function only(stats: DomainStats, groups: number): DomainStats {
  if ((groups & StatsGroup.balloon) === 0) stats.balloon = undefined;
  if ((groups & StatsGroup.block) === 0) stats.block = undefined;
  if ((groups & StatsGroup.vcpu) === 0) stats.vcpu = undefined;
  return stats;
}

function statsOf(vm: FakeVm): DomainStats {
  const stats = new DomainStats({ uuid: vm.uuid, name: vm.name, id: vm.id });
  stats.state = Object.assign(new StateStats(), { state: vm.state, reason: 1 });
  stats.cpu = Object.assign(new CpuStats(), { time: BigInt(Math.round(vm.cpuSeconds * 1e9)) });
  const vcpus = [0, 1].map((index) =>
    Object.assign(new VcpuStats(index), {
      delay: BigInt(Math.round((vm.delaySeconds * 1e9) / 2)),
      ...(vm.hung ? {} : { halted: false }),
    }),
  );
  stats.vcpu = Object.assign(new VcpuGroup(), { current: 2, maximum: 2, list: vcpus });
  const traffic = new InterfaceStats(0);
  traffic.name = vm.tap;
  traffic.rx.bytes = vm.rxBytes;
  traffic.tx.bytes = vm.txBytes;
  stats.net = Object.assign(new NetGroup(), { count: 1, list: [traffic] });
  const disk = Object.assign(new BlockStats(0), { name: 'vda', path: '/images/a.img', physical: 1_000_000n });
  if (!vm.hung) {
    disk.rd.bytes = BigInt(vm.readBytes);
    disk.wr.bytes = 0n;
  }
  stats.block = Object.assign(new BlockGroup(), { count: 1, list: [disk] });
  stats.balloon = Object.assign(new BalloonStats(), {
    maximum: 1_048_576n,
    current: 1_048_576n,
    rss: 786_432n,
  });
  if (!vm.hung && vm.reportedAt > 0)
    Object.assign(stats.balloon, {
      available: 1_000_000n,
      usable: 600_000n,
      lastUpdate: BigInt(vm.reportedAt),
    });
  return stats;
}
