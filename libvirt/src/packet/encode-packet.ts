import type { Codec } from '../xdr/codec.ts';
import { XdrReader } from '../xdr/xdr-reader.ts';
import { XdrWriter } from '../xdr/xdr-writer.ts';
import { HEADER_BYTES, PACKET_MAX_BYTES, type PacketHeader, writeHeader } from './packet-header.ts';

// Scratch space, so that a small packet costs one allocation; dropped again after an unusually large one.
const SCRATCH_KEPT = 1 << 20;
let scratch = new XdrWriter(PACKET_MAX_BYTES);

/** One whole packet: length, header, payload. */
export function encodePacket<T>(header: PacketHeader, codec: Codec<T>, payload: T): Buffer {
  const writer = scratch;
  writer.clear();
  writeHeader(writer, header);
  codec.encode(writer, payload);
  writer.patchU32(0, writer.offset);
  const packet = Buffer.from(writer.written);
  if (packet.length > SCRATCH_KEPT) scratch = new XdrWriter(PACKET_MAX_BYTES);
  return packet;
}

/** The payload of a whole packet; every byte of it must be accounted for. */
export function decodePayload<T>(packet: Buffer, codec: Codec<T>): T {
  const reader = new XdrReader(packet, HEADER_BYTES);
  const payload = codec.decode(reader);
  reader.finish();
  return payload;
}
