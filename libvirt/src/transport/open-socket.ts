import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import { readInPlace } from './read-in-place.ts';

/** Opens a socket, or says in one sentence why not. */
export function openSocket(options: NetConnectOpts, where: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ ...options, onread: readInPlace(() => socket) });
    const settle = (): void => {
      signal.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
    };
    const fail = (cause: Error): void => {
      settle();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(
        new LibvirtError(ErrorCode.connectFailed, `cannot connect to ${where}: ${cause.message}`, { cause }),
      );
    };
    const abort = (): void => {
      fail(signal.reason as Error);
    };
    socket.once('error', fail);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}
