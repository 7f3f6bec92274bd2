import { type Duplex, duplexPair } from 'node:stream';
import { Connection, type ConnectionOptions } from '../../src/connection/connection.ts';
import { type PacketHeader, PacketSplitter, readHeader } from '../../src/protocol.ts';

/** The other end of a connection, bytes in the test's own hands. */
export class Peer {
  readonly connection: Connection;
  readonly stream: Duplex;
  readonly received: { header: PacketHeader; packet: Buffer }[] = [];
  #wanted: { count: number; resolve: () => void } | undefined;

  constructor(options?: ConnectionOptions) {
    const [near, far] = duplexPair();
    this.connection = new Connection(near, options);
    this.stream = far;
    const splitter = new PacketSplitter((packet) => {
      this.received.push({ header: readHeader(packet), packet: Buffer.from(packet) });
      if (this.#wanted && this.received.length >= this.#wanted.count) this.#wanted.resolve();
    });
    far.on('data', (chunk: Buffer) => {
      splitter.push(chunk);
    });
    far.on('error', () => undefined);
  }

  async receivedCount(count: number): Promise<void> {
    if (this.received.length >= count) return;
    await new Promise<void>((resolve) => {
      this.#wanted = { count, resolve };
    });
  }
}

export function packetHeader(part: Partial<PacketHeader>): PacketHeader {
  return { program: 0x20008086, version: 1, procedure: 59, type: 1, serial: 1, status: 0, ...part };
}
