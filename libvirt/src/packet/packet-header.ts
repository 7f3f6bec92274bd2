import { XdrReader } from '../xdr/xdr-reader.ts';
import type { XdrWriter } from '../xdr/xdr-writer.ts';

/** The programs that share one libvirt connection. All are at version 1. */
export const Program = { remote: 0x2000_8086, qemu: 0x2000_8087, keepalive: 0x6b65_6570 } as const;
export const PROGRAM_VERSION = 1;

export const PacketType = {
  call: 0,
  reply: 1,
  /** An event or a keepalive: nobody answers it. */
  message: 2,
  stream: 3,
  callWithFds: 4,
  replyWithFds: 5,
  streamHole: 6,
} as const;

export const PacketStatus = { ok: 0, error: 1, continue: 2 } as const;

/** Bytes of the length word and the six header words. */
export const HEADER_BYTES = 28;
/** VIR_NET_MESSAGE_MAX (32 MiB) and the length word itself. */
export const PACKET_MAX_BYTES = 4 + 33_554_432;

export interface PacketHeader {
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  readonly type: number;
  readonly serial: number;
  readonly status: number;
}

/** Writes length (to be patched once known) and header. */
export function writeHeader(writer: XdrWriter, header: PacketHeader): void {
  writer.u32(0);
  writer.u32(header.program);
  writer.u32(header.version);
  writer.i32(header.procedure);
  writer.i32(header.type);
  writer.u32(header.serial);
  writer.i32(header.status);
}

/** Reads the header of a whole packet, its length word already checked by the splitter. */
export function readHeader(packet: Buffer): PacketHeader {
  const reader = new XdrReader(packet, 4);
  return {
    program: reader.u32(),
    version: reader.u32(),
    procedure: reader.i32(),
    type: reader.i32(),
    serial: reader.u32(),
    status: reader.i32(),
  };
}
