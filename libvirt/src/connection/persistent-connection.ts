import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import type { Procedure } from '../packet/procedure.ts';
import { Backoff, type BackoffOptions } from './backoff.ts';
import type { CallOptions, Connection } from './connection.ts';

export interface PersistentConnectionOptions extends BackoffOptions {
  /** Opens a connection that is ready for calls. */
  readonly open: (signal: AbortSignal) => Promise<Connection>;
  /** Said once for each connection that was opened, before any other call can use it. */
  readonly onOpened: (connection: Connection) => Promise<void>;
  /** Said once for each connection when calls can use it. */
  readonly onReady: () => void;
  /** Said once for each connection that had been ready and ended. */
  readonly onLost: (reason: LibvirtError) => void;
  /** Said for each attempt to come back that failed. */
  readonly onRetryFailed: (error: LibvirtError, nextInMs: number) => void;
}

/** A connection that comes back by itself: when one ends, the next is opened, with growing pauses. */
export class PersistentConnection {
  readonly #options: PersistentConnectionOptions;
  readonly #backoff: Backoff;
  readonly #stop = new AbortController();
  #current: Connection | undefined;
  #lost: LibvirtError | undefined;

  constructor(options: PersistentConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options);
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  get isOpen(): boolean {
    return this.#current !== undefined;
  }

  /** The first attempt; if it fails there are no further ones. */
  async open(): Promise<void> {
    await this.#openOnce();
  }

  /** Keeps trying from the start, for a host that may be down now. */
  openInBackground(): void {
    void this.#comeBack(0);
  }

  /** Fails at once while there is no connection: the caller knows better than a queue what is worth repeating. */
  call<Args, Ret>(procedure: Procedure<Args, Ret>, args: Args, options?: CallOptions): Promise<Ret> {
    if (this.#current !== undefined) return this.#current.call(procedure, args, options);
    return Promise.reject(this.#lost ?? new LibvirtError(ErrorCode.closed, 'the connection is not open'));
  }

  close(): void {
    const reason = new LibvirtError(ErrorCode.closed, 'the client was closed', { retryable: false });
    this.#lost = reason;
    this.#stop.abort(reason);
  }

  async #openOnce(): Promise<void> {
    const { signal } = this.#stop;
    signal.throwIfAborted();
    const connection = await this.#options.open(signal);
    const stop = (): void => {
      connection.fail(signal.reason as LibvirtError);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.#options.onOpened(connection);
      if (connection.isClosed) throw await connection.closed;
    } catch (error) {
      signal.removeEventListener('abort', stop);
      connection.close();
      throw error;
    }
    this.#current = connection;
    this.#lost = undefined;
    this.#backoff.reset();
    this.#options.onReady();
    void connection.closed.then((reason) => {
      signal.removeEventListener('abort', stop);
      this.#current = undefined;
      this.#lost ??= reason;
      this.#options.onLost(reason);
      if (!this.#stopped) void this.#comeBack(this.#backoff.next());
    });
  }

  async #comeBack(pauseMs: number): Promise<void> {
    const { signal } = this.#stop;
    for (let wait = pauseMs; !signal.aborted;) {
      try {
        await sleep(wait, undefined, { signal });
        await this.#openOnce();
        return;
      } catch (error) {
        if (this.#stopped) return;
        wait = this.#backoff.next();
        const failure =
          error instanceof LibvirtError
            ? error
            : new LibvirtError(ErrorCode.connectFailed, String(error), { cause: error });
        this.#lost = failure;
        this.#options.onRetryFailed(failure, wait);
      }
    }
  }
}
