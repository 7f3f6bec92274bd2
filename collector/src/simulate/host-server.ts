import { ServerConnection } from '@evenkeel/libvirt/server';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { hostCalls } from './host-calls.ts';
import type { SimFleet } from './sim-fleet.ts';
import type { SimHost } from './sim-host.ts';

export type Listening = { readonly port: number } | { readonly path: string };

/** libvirtd of one simulated host: a listening socket, and whether it answers. */
export class HostServer {
  readonly host: SimHost;
  /** Connections so far. */
  accepted = 0;
  readonly #fleet: SimFleet;
  readonly #hostAtPort: (port: number) => SimHost | undefined;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #where: Listening;
  #awake: Promise<void> | null = null;
  #wake: () => void = () => undefined;

  constructor(
    fleet: SimFleet,
    host: SimHost,
    where: Listening,
    hostAtPort: (port: number) => SimHost | undefined,
  ) {
    this.#fleet = fleet;
    this.host = host;
    this.#where = where;
    this.#hostAtPort = hostAtPort;
  }

  get isAlive(): boolean {
    return this.#server !== undefined;
  }

  /** 0 while it listens on a path. */
  get port(): number {
    return 'port' in this.#where ? this.#where.port : 0;
  }

  get uri(): string {
    return 'port' in this.#where
      ? `qemu+tcp://127.0.0.1:${this.#where.port}/system`
      : `qemu+unix:///system?socket=${encodeURIComponent(this.#where.path)}`;
  }

  async listen(): Promise<void> {
    const table = hostCalls({
      fleet: this.#fleet,
      host: this.host,
      hostAtPort: this.#hostAtPort,
      awake: () => this.#awake,
    });
    const server = createServer((socket) => {
      socket.setNoDelay(true);
      this.accepted++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      new ServerConnection(socket, table);
      if (this.#awake) socket.pause();
    });
    if ('port' in this.#where) server.listen(this.#where.port, '127.0.0.1');
    else server.listen(this.#where.path);
    await once(server, 'listening');
    // A host that comes back does so at the same port.
    if ('port' in this.#where) this.#where = { port: (server.address() as AddressInfo).port };
    this.#server = server;
  }

  /** Says nothing any more, not even to keepalive, until it is woken. */
  hang(): void {
    if (this.#awake) return;
    this.#awake = new Promise((resolve) => {
      this.#wake = resolve;
    });
    for (const socket of this.#sockets) socket.pause();
  }

  wake(): void {
    this.#awake = null;
    this.#wake();
    for (const socket of this.#sockets) socket.resume();
  }

  /** Gone, as when the power fails. */
  die(): void {
    this.#fleet.hostLost(this.host);
    this.#close();
  }

  async revive(): Promise<void> {
    if (this.#server) return;
    this.#fleet.hostBack(this.host);
    await this.listen();
  }

  close(): void {
    this.#close();
  }

  #close(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}
