import { domainStartDirtyRateCalc, ErrorCode, LibvirtError, StatsGroup } from '@evenkeel/libvirt';
import type { Clock } from '../fleet/clock.ts';
import { DirtyRateRotation } from './dirty-rate-rotation.ts';
import type { HostClient } from './host-client.ts';
import type { PollingOptions } from './watched-host.ts';
import type { WatchedVm } from './watched-vm.ts';

const pageSampling = 0;
const measured = 2;
const mebibyte = 1_048_576;

/** Measures the dirty rates of one host's VMs, each when its turn comes. */
export class DirtyRateMeter {
  readonly #clock: Clock;
  #options: PollingOptions['dirtyRate'];
  #rotation: DirtyRateRotation;
  #supported = true;

  constructor(clock: Clock, options: PollingOptions['dirtyRate']) {
    this.#clock = clock;
    this.#options = options;
    this.#rotation = new DirtyRateRotation(options);
  }

  reconfigure(options: PollingOptions['dirtyRate']): void {
    if (JSON.stringify(options) !== JSON.stringify(this.#options))
      this.#rotation = new DirtyRateRotation(options);
    this.#options = options;
  }

  forget(uuid: string): void {
    this.#rotation.forget(uuid);
  }

  /** Measures the VM whose turn it is, if it is anyone's. */
  async measureNext(
    client: HostClient,
    vms: ReadonlyMap<string, WatchedVm>,
    timeoutMs: number,
  ): Promise<void> {
    if (!this.#options.enabled || !this.#supported) return;
    const clock = this.#clock;
    const rotation = this.#rotation;
    const { sampleSeconds } = this.#options;
    const candidates = [...vms.values()]
      .filter((vm) => vm.isRunning && !vm.hung)
      .map((vm) => vm.reading.uuid);
    const uuid = rotation.next(candidates, clock.monotonic());
    const vm = uuid === null ? undefined : vms.get(uuid);
    if (uuid === null || vm === undefined) return;
    try {
      await client.call(
        domainStartDirtyRateCalc,
        { dom: vm.ref, seconds: sampleSeconds, flags: pageSampling },
        { timeoutMs },
      );
      let waitMs = sampleSeconds * 1000 + 300;
      for (let attempt = 0; attempt < 5; attempt++) {
        await new Promise<void>((resolve) => clock.after(waitMs, resolve));
        const [stats] = await client.domainStats({
          groups: StatsGroup.dirtyRate,
          domains: [vm.ref],
          timeoutMs,
        });
        const rate = stats?.dirtyRate;
        if (rate?.calcStatus === measured && rate.megabytesPerSecond !== undefined) {
          const bytesPerSecond = Number(rate.megabytesPerSecond) * mebibyte;
          vm.dirtyRate = { bytesPerSecond, measuredMs: clock.monotonic() };
          return;
        }
        waitMs = 1000; // a busy host takes longer than it was told to
      }
    } catch (error) {
      if (error instanceof LibvirtError && error.code === ErrorCode.notSupported) this.#supported = false;
      // else the VM is being migrated, went away or is busy: its turn comes again
    } finally {
      rotation.done(uuid);
    }
  }
}
