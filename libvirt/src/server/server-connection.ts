import type { Duplex } from 'node:stream';
import { decodePayload, encodePacket } from '../packet/encode-packet.ts';
import { Keepalive, pongPacket } from '../packet/keepalive-packet.ts';
import {
  type PacketHeader,
  PacketStatus,
  PacketType,
  Program,
  PROGRAM_VERSION,
  readHeader,
} from '../packet/packet-header.ts';
import { PacketSplitter } from '../packet/packet-splitter.ts';
import type { EventMessage } from '../packet/procedure.ts';
import { remoteError } from '../wire/remote-error.ts';
import type { CallEntry, CallTable } from './call-table.ts';
import { RemoteFailure } from './remote-failure.ts';

const RPC_DOMAIN = 7;
const RPC_ERROR = 39;
const ERROR_LEVEL = 2;

export interface ServerConnectionOptions {
  /** Like max_client_requests of libvirtd: with so many calls unanswered, nothing more is read. */
  readonly maxRequests?: number;
}

/** The server's end of one connection: reads calls, has them answered, sends events. */
export class ServerConnection {
  readonly #stream: Duplex;
  readonly #table: CallTable;
  readonly #maxRequests: number;
  readonly #waiting: { header: PacketHeader; packet: Buffer }[] = [];
  #running = 0;

  constructor(stream: Duplex, table: CallTable, options: ServerConnectionOptions = {}) {
    this.#stream = stream;
    this.#table = table;
    this.#maxRequests = options.maxRequests ?? 5;
    const splitter = new PacketSplitter((packet) => {
      this.#receive(packet);
    });
    stream.on('data', (chunk: Buffer) => {
      try {
        splitter.push(chunk);
      } catch {
        this.close();
      }
    });
    stream.on('error', () => {
      this.close();
    });
  }

  /** Sends an event; false once the stream wants to be drained. */
  send<Payload>(event: EventMessage<Payload>, payload: Payload): boolean {
    const header = {
      program: event.program,
      version: PROGRAM_VERSION,
      procedure: event.number,
      type: PacketType.message,
      serial: 0,
      status: PacketStatus.ok,
    };
    return this.write(encodePacket(header, event.payload, payload));
  }

  /** Sends bytes as they are. */
  write(bytes: Buffer): boolean {
    return this.#stream.writable && this.#stream.write(bytes);
  }

  onClose(listener: () => void): void {
    this.#stream.once('close', listener);
  }

  close(): void {
    this.#stream.destroy();
  }

  #receive(packet: Buffer): void {
    const header = readHeader(packet);
    if (header.program === Program.keepalive) {
      if (header.procedure === Keepalive.ping) this.write(pongPacket);
    } else if (this.#running < this.#maxRequests) {
      this.#start(header, packet);
    } else {
      // The packet shares memory with the stream, so what must wait is copied.
      this.#waiting.push({ header, packet: Buffer.from(packet) });
      this.#stream.pause();
    }
  }

  #start(header: PacketHeader, packet: Buffer): void {
    const entry = this.#table.find(header.program, header.procedure);
    if (entry === undefined) {
      this.#fail(header, new RemoteFailure(RPC_ERROR, `unknown procedure: ${header.procedure}`, RPC_DOMAIN));
      return;
    }
    this.#running += 1;
    try {
      const result = entry.handler(decodePayload(packet, entry.procedure.args), this);
      if (result instanceof Promise) {
        result.then(
          (ret) => {
            this.#finish(header, entry, ret);
          },
          (error: unknown) => {
            this.#finishFailed(header, error);
          },
        );
      } else {
        this.#finish(header, entry, result);
      }
    } catch (error) {
      this.#finishFailed(header, error);
    }
  }

  #finish(header: PacketHeader, entry: CallEntry, ret: unknown): void {
    let packet: Buffer;
    try {
      packet = encodePacket(
        { ...header, type: PacketType.reply, status: PacketStatus.ok },
        entry.procedure.ret,
        ret,
      );
    } catch (error) {
      this.#finishFailed(header, error);
      return;
    }
    this.write(packet);
    this.#next();
  }

  #finishFailed(header: PacketHeader, error: unknown): void {
    this.#fail(header, error);
    this.#next();
  }

  #fail(header: PacketHeader, error: unknown): void {
    const failure =
      error instanceof RemoteFailure ? error : new RemoteFailure(1, `internal error: ${String(error)}`);
    const payload = {
      code: failure.code,
      domain: failure.domain,
      message: failure.message,
      level: ERROR_LEVEL,
      dom: null,
      str1: failure.message,
      str2: null,
      str3: null,
      int1: -1,
      int2: -1,
      net: null,
    };
    this.write(
      encodePacket({ ...header, type: PacketType.reply, status: PacketStatus.error }, remoteError, payload),
    );
  }

  #next(): void {
    this.#running -= 1;
    const next = this.#waiting.shift();
    if (next === undefined) this.#stream.resume();
    else this.#start(next.header, next.packet);
  }
}
