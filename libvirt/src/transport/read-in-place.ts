import type { OnReadOpts, Socket } from 'node:net';

/** Room for the statistics of a whole host in one read. */
const READ_BYTES = 256 * 1024;

/** What all sockets read into: nobody keeps what was read, so the next read may overwrite it. */
let shared: Buffer | undefined;

/**
 * Has a socket read into memory that is there already, instead of into 64 KiB of new memory for each read. A chunk is
 * valid only during the `data` event that brings it.
 */
export function readInPlace(socket: () => Socket): OnReadOpts {
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES);
  const buffer = shared;
  return {
    buffer,
    callback(bytes) {
      const chunk = buffer.subarray(0, bytes);
      const stream = socket();
      if (stream.listenerCount('data') > 0) stream.emit('data', chunk);
      // Nobody listens yet: kept, as a stream does.
      else stream.push(Buffer.from(chunk));
      return true;
    },
  };
}
