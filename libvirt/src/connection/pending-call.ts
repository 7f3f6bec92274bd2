import type { LibvirtError } from '../errors/libvirt-error.ts';
import type { Procedure } from '../packet/procedure.ts';

/** A call from its start to its end, wherever it waits in between. */
export class PendingCall {
  readonly procedure: Procedure<unknown, unknown>;
  readonly serial: number;
  readonly packet: Buffer;
  readonly timeoutMs: number;
  /** By the clock of `performance.now()`; `Infinity` for none. */
  readonly deadlineMs: number;
  readonly promise: Promise<unknown>;
  #resolve!: (ret: unknown) => void;
  #reject!: (error: LibvirtError) => void;
  #settled = false;

  constructor(procedure: Procedure<unknown, unknown>, serial: number, packet: Buffer, timeoutMs: number) {
    this.procedure = procedure;
    this.serial = serial;
    this.packet = packet;
    this.timeoutMs = timeoutMs;
    this.deadlineMs = performance.now() + timeoutMs;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** True once the caller has its answer, even if the host still owes us one. */
  get settled(): boolean {
    return this.#settled;
  }

  /** False if the caller has had an answer already. */
  resolve(ret: unknown): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#resolve(ret);
    return true;
  }

  reject(error: LibvirtError): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#reject(error);
    return true;
  }
}
