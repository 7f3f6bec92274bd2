import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as protocol from '../../src/protocol.ts';

interface Part {
  hex: string;
}
type Recorded = Record<'args' | 'ret' | 'error' | 'message', Part | undefined> & { name: keyof typeof protocol };

/** Every recorded packet with the codec of its payload. */
export function recordedPackets(): { name: string; packet: Buffer; codec: protocol.Codec<unknown> }[] {
  const file = readFileSync(join(import.meta.dirname, 'frames.json'), 'utf8');
  return (JSON.parse(file) as Recorded[]).flatMap((frame) => {
    const definition = protocol[frame.name] as unknown as Record<string, protocol.Codec<unknown>>;
    const codecs = { args: definition.args, ret: definition.ret, message: definition.payload, error: protocol.remoteError };
    return (['args', 'ret', 'message', 'error'] as const).flatMap((part) => {
      const hex = frame[part]?.hex;
      if (hex === undefined) return [];
      return [
        { name: `${frame.name} ${part}`, packet: Buffer.from(hex, 'hex'), codec: codecs[part] as protocol.Codec<unknown> },
      ];
    });
  });
}
