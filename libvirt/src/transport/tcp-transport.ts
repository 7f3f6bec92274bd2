import type { Socket } from 'node:net';
import { openSocket } from './open-socket.ts';

export const TCP_PORT = 16509;

/** Connects without encryption: for trusted networks and tests only. */
export async function openTcp(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = await openSocket({ host, port }, `${host} port ${port}`, signal);
  socket.setNoDelay(true);
  return socket;
}
