import { connectDomainEventCallbackDeregisterAny } from '../calls/connect-domain-event-callback-deregister-any.ts';
import { connectDomainEventCallbackRegisterAny } from '../calls/connect-domain-event-callback-register-any.ts';
import { connectionClosedEvent } from '../events/connection-closed-event.ts';
import type { Connection } from '../connection/connection.ts';
import { ErrorCode, LibvirtError } from '../errors/libvirt-error.ts';
import { type PacketHeader, Program } from '../packet/packet-header.ts';
import { decodePayload } from '../packet/encode-packet.ts';
import { type ClientEvent, type DomainEvent, type DomainEventKind, eventSources } from './domain-event.ts';
import { EventStream } from './event-stream.ts';

export type AnyEvent = DomainEvent | ClientEvent;

interface Subscription {
  readonly kinds: ReadonlySet<DomainEventKind>;
  readonly stream: EventStream<AnyEvent>;
}

const sourceByNumber = new Map(eventSources.map((source) => [source.number, source]));
const closeReasons = ['an error', 'its end', 'keepalive timeout', 'a request of the client'];

/** Registers for what somebody listens to, on every new connection again, and hands events to their listeners. */
export class EventHub {
  readonly #subscriptions = new Set<Subscription>();
  /** Callback ids of the current connection, promised as soon as they were asked for. */
  #registered = new Map<DomainEventKind, Promise<number>>();
  #connection: Connection | undefined;

  /** Starts listening; resolves once the host has promised to tell, or at once while there is no connection. */
  async subscribe(kinds: readonly DomainEventKind[], limit: number): Promise<EventStream<AnyEvent>> {
    const stream = new EventStream<AnyEvent>(limit, () => {
      this.#subscriptions.delete(subscription);
      this.#deregisterUnused();
    });
    const subscription: Subscription = { kinds: new Set(kinds), stream };
    this.#subscriptions.add(subscription);
    try {
      if (this.#connection !== undefined) await this.#register(this.#connection, kinds);
    } catch (error) {
      // With the connection gone, the next one brings the registration; any other refusal is the caller's to know.
      if (!(error instanceof LibvirtError) || !this.#lost()) {
        stream.close();
        throw error;
      }
    }
    return stream;
  }

  /** Makes a new connection the source of events: all that is listened to is registered there. */
  async attach(connection: Connection): Promise<void> {
    connection.onMessage = (header, packet) => {
      this.#receive(connection, header, packet);
    };
    this.#registered = new Map();
    this.#connection = connection;
    await this.#register(connection, [...this.#wanted()]);
  }

  announce(): void {
    this.#tell({ kind: 'connected' });
  }

  detach(reason: LibvirtError): void {
    this.#connection = undefined;
    this.#tell({ kind: 'disconnected', reason });
  }

  closeAll(): void {
    for (const { stream } of [...this.#subscriptions]) stream.close();
  }

  #lost(): boolean {
    return this.#connection?.isClosed !== false;
  }

  #wanted(): Set<DomainEventKind> {
    return new Set([...this.#subscriptions].flatMap(({ kinds }) => [...kinds]));
  }

  async #register(connection: Connection, kinds: readonly DomainEventKind[]): Promise<void> {
    await Promise.all(
      kinds.map((kind) => {
        let id = this.#registered.get(kind);
        if (id === undefined) {
          const eventID = eventSources.find((source) => source.kind === kind)!.eventId;
          id = connection
            .call(connectDomainEventCallbackRegisterAny, { eventID, dom: null })
            .then(({ callbackID }) => callbackID);
          this.#registered.set(kind, id);
        }
        return id;
      }),
    );
  }

  #deregisterUnused(): void {
    const connection = this.#connection;
    if (connection === undefined || connection.isClosed) return;
    const wanted = this.#wanted();
    for (const [kind, id] of [...this.#registered]) {
      if (wanted.has(kind)) continue;
      this.#registered.delete(kind);
      // Should it fail, events come that nobody listens to.
      void id
        .then((callbackID) => connection.call(connectDomainEventCallbackDeregisterAny, { callbackID }))
        .catch(() => undefined);
    }
  }

  #receive(connection: Connection, header: PacketHeader, packet: Buffer): void {
    if (header.program !== Program.remote) return;
    if (header.procedure === connectionClosedEvent.number) {
      const { reason } = decodePayload(packet, connectionClosedEvent.payload);
      const why = closeReasons[reason] ?? `reason ${reason}`;
      connection.fail(
        new LibvirtError(ErrorCode.closed, `the host lost its own connection to the hypervisor: ${why}`),
      );
      return;
    }
    const source = sourceByNumber.get(header.procedure);
    if (source === undefined) return;
    const event = source.decode(packet);
    for (const { kinds, stream } of this.#subscriptions) if (kinds.has(event.kind)) stream.push(event);
  }

  #tell(event: ClientEvent): void {
    for (const { stream } of this.#subscriptions) stream.push(event);
  }
}
