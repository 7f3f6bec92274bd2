import type { Duplex } from 'node:stream';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import { decodePayload, encodePacket } from '../packet/encode-packet.ts';
import { Keepalive, pingPacket, pongPacket } from '../packet/keepalive-packet.ts';
import {
  type PacketHeader,
  PacketStatus,
  PacketType,
  Program,
  PROGRAM_VERSION,
  readHeader,
} from '../packet/packet-header.ts';
import { PacketSplitter } from '../packet/packet-splitter.ts';
import type { Procedure } from '../packet/procedure.ts';
import { remoteError } from '../wire/remote-error.ts';
import { answerError } from './answer-error.ts';
import { Deadlines } from './deadlines.ts';
import { type KeepaliveOptions, KeepaliveTimer } from './keepalive.ts';
import { CallsInFlight } from './calls-in-flight.ts';
import { PendingCall } from './pending-call.ts';

export interface CallOptions {
  /** Deadline of this call, its wait for a free slot included. `Infinity` for calls that last, as a migration does. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface ConnectionOptions {
  /**
   * Calls that may be unanswered at a time; further ones wait here. A daemon stops reading a connection with five of
   * them (max_client_requests), keepalive included, so the limit is one less.
   */
  readonly maxInFlight?: number;
  /** Deadline of a call that names none. */
  readonly callTimeoutMs?: number;
  readonly keepalive?: KeepaliveOptions;
}

export const defaultConnectionOptions: Required<ConnectionOptions> = {
  maxInFlight: 4,
  callTimeoutMs: 30_000,
  keepalive: { intervalMs: 5000, count: 5 },
};

/** An event as it arrived: its packet is valid only during the call that hands it over. */
export type MessageListener = (header: PacketHeader, packet: Buffer) => void;

const SERIAL_MAX = 0xffff_ffff;

/** One connection to a daemon, from an open stream to its end: calls go out, answers and events come in. */
export class Connection {
  /** Resolves once, with the reason, when the connection has ended. */
  readonly closed: Promise<LibvirtError>;
  onMessage: MessageListener | undefined;
  readonly #stream: Duplex;
  readonly #options: Required<ConnectionOptions>;
  readonly #inFlight = new CallsInFlight();
  readonly #waiting = new Set<PendingCall>();
  readonly #deadlines = new Deadlines(
    () => [...this.#inFlight, ...this.#waiting],
    (call) => {
      this.#expired(call);
    },
  );
  readonly #keepalive: KeepaliveTimer;
  #serial = 0;
  #closeReason: LibvirtError | undefined;
  #sayClosed!: (reason: LibvirtError) => void;

  constructor(stream: Duplex, options: ConnectionOptions = {}) {
    this.#stream = stream;
    this.#options = { ...defaultConnectionOptions, ...options };
    this.closed = new Promise((resolve) => {
      this.#sayClosed = resolve;
    });
    this.#keepalive = new KeepaliveTimer(
      this.#options.keepalive,
      () => {
        stream.write(pingPacket);
      },
      () => {
        const { intervalMs, count } = this.#options.keepalive;
        const silence = `no sign of life for ${((count + 1) * intervalMs) / 1000} s`;
        this.#end(new LibvirtError(ErrorCode.unresponsive, `the host gave ${silence}`));
      },
    );
    const splitter = new PacketSplitter((packet) => {
      if (this.#closeReason === undefined) this.#receive(packet);
    });
    stream.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk);
      } catch (error) {
        this.#end(asLibvirtError(error));
      }
    });
    // It may have been paused until somebody listens.
    stream.resume();
    stream.once('end', () => {
      const middle = splitter.pendingBytes > 0 ? ' in the middle of a packet' : '';
      this.#end(new LibvirtError(ErrorCode.closed, `the host closed the connection${middle}`));
    });
    stream.on('error', (cause: Error) => {
      this.#end(
        cause instanceof LibvirtError
          ? cause
          : new LibvirtError(ErrorCode.closed, `the connection broke: ${cause.message}`, { cause }),
      );
    });
    stream.once('close', () => {
      this.#end(new LibvirtError(ErrorCode.closed, 'the connection was closed'));
    });
  }

  get isClosed(): boolean {
    return this.#closeReason !== undefined;
  }

  /** Calls sent and not answered by the host, those included that the caller has given up. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** From now on both sides may ask for signs of life; the daemon must have agreed (feature 10). */
  startKeepalive(): void {
    if (!this.isClosed) this.#keepalive.start();
  }

  call<Args, Ret>(procedure: Procedure<Args, Ret>, args: Args, options: CallOptions = {}): Promise<Ret> {
    if (this.#closeReason !== undefined) return Promise.reject(this.#closeReason);
    const timeoutMs = options.timeoutMs ?? this.#options.callTimeoutMs;
    let call: PendingCall;
    const serial = this.#nextSerial();
    try {
      const header = {
        program: procedure.program,
        version: PROGRAM_VERSION,
        procedure: procedure.number,
        type: PacketType.call,
        serial,
        status: PacketStatus.ok,
      };
      const packet = encodePacket(header, procedure.args, args);
      call = new PendingCall(procedure, serial, packet, timeoutMs);
    } catch (error) {
      return Promise.reject(asLibvirtError(error));
    }
    this.#deadlines.watch(call);
    if (options.signal !== undefined) this.#listenTo(options.signal, call);
    if (!call.settled) {
      if (this.#inFlight.size < this.#options.maxInFlight) this.#send(call);
      else this.#waiting.add(call);
    }
    return call.promise as Promise<Ret>;
  }

  close(): void {
    this.#end(
      new LibvirtError(ErrorCode.closed, 'the connection was closed by this side', { retryable: false }),
    );
  }

  /** Ends the connection for a reason of the caller's. */
  fail(reason: LibvirtError): void {
    this.#end(reason);
  }

  #nextSerial(): number {
    do {
      this.#serial = this.#serial === SERIAL_MAX ? 1 : this.#serial + 1;
    } while (this.#inFlight.has(this.#serial));
    return this.#serial;
  }

  #listenTo(signal: AbortSignal, call: PendingCall): void {
    const abort = (): void => {
      const name = call.procedure.name;
      this.#giveUp(
        call,
        new LibvirtError(ErrorCode.aborted, `${name} was given up`, { cause: signal.reason }),
      );
    };
    const forget = (): void => {
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
    call.promise.then(forget, forget);
    if (signal.aborted) abort();
  }

  #expired(call: PendingCall): void {
    const { procedure, timeoutMs } = call;
    this.#giveUp(
      call,
      new LibvirtError(ErrorCode.timeout, `${procedure.name} was not answered within ${timeoutMs} ms`),
    );
  }

  /** The caller gets its error now. A call already sent keeps its slot: the daemon is still busy with it. */
  #giveUp(call: PendingCall, error: LibvirtError): void {
    this.#waiting.delete(call);
    this.#reject(call, error);
  }

  #reject(call: PendingCall, error: LibvirtError): void {
    if (call.reject(error)) this.#deadlines.ended(call);
  }

  #send(call: PendingCall): void {
    this.#inFlight.add(call);
    this.#stream.write(call.packet);
  }

  #receive(packet: Buffer): void {
    const header = readHeader(packet);
    this.#keepalive.heard();
    if (header.version !== PROGRAM_VERSION) {
      throw unexpected(header, `version ${header.version} of a program`);
    }
    if (header.program === Program.keepalive) {
      if (header.procedure === Keepalive.ping) this.#stream.write(pongPacket);
    } else if (header.type === PacketType.reply) {
      this.#receiveReply(header, packet);
    } else if (header.type === PacketType.message) {
      this.onMessage?.(header, packet);
    } else {
      throw unexpected(header, `a packet of type ${header.type}`);
    }
  }

  #receiveReply(header: PacketHeader, packet: Buffer): void {
    const call = this.#inFlight.find(header.serial);
    if (call?.procedure.number !== header.procedure || call.procedure.program !== header.program) {
      throw unexpected(header, 'an answer that nobody waits for');
    }
    const isError = header.status === PacketStatus.error;
    if (!isError && header.status !== PacketStatus.ok)
      throw unexpected(header, `an answer of status ${header.status}`);
    // Decoded before the slot is freed: if it is malformed, the call ends with the connection.
    if (isError) this.#reject(call, answerError(call.procedure.name, decodePayload(packet, remoteError)));
    else if (!call.settled && call.resolve(decodePayload(packet, call.procedure.ret)))
      this.#deadlines.ended(call);
    this.#inFlight.remove(call);
    this.#sendNext();
  }

  #sendNext(): void {
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      this.#send(call);
      return;
    }
  }

  #end(reason: LibvirtError): void {
    if (this.#closeReason !== undefined) return;
    this.#closeReason = reason;
    this.#keepalive.stop();
    this.#deadlines.stop();
    this.#stream.destroy();
    const calls = [...this.#inFlight.takeAll(), ...this.#waiting];
    this.#waiting.clear();
    for (const call of calls) call.reject(reason);
    this.#sayClosed(reason);
  }
}

function unexpected(header: PacketHeader, what: string): LibvirtError {
  const where = `program 0x${header.program.toString(16)}, procedure ${header.procedure}, serial ${header.serial}`;
  return new LibvirtError(ErrorCode.protocol, `the host sent ${what} (${where})`);
}

function asLibvirtError(error: unknown): LibvirtError {
  if (error instanceof LibvirtError) return error;
  return new LibvirtError(ErrorCode.protocol, `unexpected failure: ${String(error)}`, { cause: error });
}
