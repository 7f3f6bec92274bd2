import type { Procedure } from '../packet/procedure.ts';
import type { LibvirtError } from '../errors/libvirt-error.ts';

/** A call from its start to its end, wherever it waits in between. */
export class PendingCall {
  readonly procedure: Procedure<unknown, unknown>;
  readonly packet: Buffer;
  readonly promise: Promise<unknown>;
  #resolve!: (ret: unknown) => void;
  #reject!: (error: LibvirtError) => void;
  #onSettled: (() => void) | undefined;
  #settled = false;

  constructor(procedure: Procedure<unknown, unknown>, packet: Buffer) {
    this.procedure = procedure;
    this.packet = packet;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** True once the caller has its answer, even if the host still owes us one. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Lets go of timer and signal when the call ends. */
  set onSettled(action: () => void) {
    this.#onSettled = action;
  }

  resolve(ret: unknown): void {
    if (this.#settle()) this.#resolve(ret);
  }

  reject(error: LibvirtError): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#onSettled?.();
    return true;
  }
}
