import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import { HEADER_BYTES, PACKET_MAX_BYTES } from './packet-header.ts';

const LENGTH_BYTES = 4;
const none: Buffer = Buffer.alloc(0);

/**
 * Space of packets that were handed out, for the next ones that come in pieces: a fleet's answers would otherwise make
 * megabytes of garbage per second. Shared, because a thousand connections rarely wait for the rest of one at a time.
 */
const SPARE_BYTES_MAX = 4 << 20;
const SPARE_MIN_BYTES = 4096;
const spare: Buffer[] = [];
let spareBytes = 0;

function acquire(bytes: number): Buffer {
  const at = spare.findLastIndex((each) => each.length >= bytes && each.length <= bytes * 8);
  if (at === -1) return Buffer.allocUnsafeSlow(bytes);
  const [found] = spare.splice(at, 1);
  spareBytes -= found!.length;
  return found!;
}

function release(buffer: Buffer): void {
  if (buffer.length < SPARE_MIN_BYTES || spareBytes + buffer.length > SPARE_BYTES_MAX) return;
  spare.push(buffer);
  spareBytes += buffer.length;
}

/**
 * Cuts a byte stream into packets, however it was chopped up on the way. Space grows with the bytes that have arrived
 * (doubling), never with the length that a packet claims. A packet handed out is valid only during the call: it may
 * share memory with the stream.
 */
export class PacketSplitter {
  readonly #onPacket: (packet: Buffer) => void;
  #held = none;
  #heldBytes = 0;

  constructor(onPacket: (packet: Buffer) => void) {
    this.#onPacket = onPacket;
  }

  /** Bytes of an unfinished packet. */
  get pendingBytes(): number {
    return this.#heldBytes;
  }

  /** Throws LV_PROTOCOL at a length that no packet can have; the stream is then lost. */
  push(chunk: Buffer): void {
    let at = 0;
    while (this.#heldBytes > 0 && at < chunk.length) at = this.#complete(chunk, at);
    while (chunk.length - at >= LENGTH_BYTES) {
      const length = packetLength(chunk, at);
      if (length > chunk.length - at) break;
      this.#onPacket(chunk.subarray(at, at + length));
      at += length;
    }
    if (at < chunk.length) this.#hold(chunk, at, chunk.length);
  }

  /** Adds to the unfinished packet what it lacks, hands it out when whole; returns how far the chunk is used. */
  #complete(chunk: Buffer, at: number): number {
    const wanted = this.#heldBytes < LENGTH_BYTES ? LENGTH_BYTES : packetLength(this.#held, 0);
    const end = Math.min(chunk.length, at + wanted - this.#heldBytes);
    this.#hold(chunk, at, end);
    if (this.#heldBytes < LENGTH_BYTES || this.#heldBytes < packetLength(this.#held, 0)) return end;
    const space = this.#held;
    const packet = space.subarray(0, this.#heldBytes);
    this.#held = none;
    this.#heldBytes = 0;
    this.#onPacket(packet);
    release(space);
    return end;
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    const needed = this.#heldBytes + to - from;
    if (needed > this.#held.length) {
      const grown = acquire(Math.max(needed, this.#held.length * 2, HEADER_BYTES));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      release(this.#held);
      this.#held = grown;
    }
    chunk.copy(this.#held, this.#heldBytes, from, to);
    this.#heldBytes = needed;
  }
}

function packetLength(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at);
  if (length < HEADER_BYTES || length > PACKET_MAX_BYTES) {
    throw new LibvirtError(
      ErrorCode.protocol,
      `a packet claims ${length} bytes, possible are ${HEADER_BYTES} to ${PACKET_MAX_BYTES}: the peer does not speak the libvirt protocol`,
    );
  }
  return length;
}
