import { nothing } from '../xdr/nothing.ts';
import { encodePacket } from './encode-packet.ts';
import { PacketStatus, PacketType, Program, PROGRAM_VERSION } from './packet-header.ts';

/** Procedures of the keepalive program; both are messages without a payload. */
export const Keepalive = { ping: 1, pong: 2 } as const;

function keepalivePacket(procedure: number): Buffer {
  const header = {
    program: Program.keepalive,
    version: PROGRAM_VERSION,
    procedure,
    type: PacketType.message,
    serial: 0,
    status: PacketStatus.ok,
  };
  return encodePacket(header, nothing, undefined);
}

export const pingPacket = keepalivePacket(Keepalive.ping);
export const pongPacket = keepalivePacket(Keepalive.pong);
