import type { Socket } from 'node:net';
import { openSocket } from './open-socket.ts';

/** Connects to the socket file of a daemon on this machine. */
export function openUnix(path: string, signal: AbortSignal): Promise<Socket> {
  return openSocket({ path }, `the unix socket ${path}`, signal);
}
