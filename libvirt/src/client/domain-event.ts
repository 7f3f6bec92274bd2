import { WireRecord } from '../xdr/wire-record.ts';
import { EventId } from '../constants/event-id.ts';
import { JobType } from '../constants/job-type.ts';
import type { LibvirtError } from '../errors/libvirt-error.ts';
import { domainBalloonChangeEvent } from '../events/domain-balloon-change-event.ts';
import { domainJobCompletedEvent } from '../events/domain-job-completed-event.ts';
import { domainLifecycleEvent } from '../events/domain-lifecycle-event.ts';
import { domainMigrationIterationEvent } from '../events/domain-migration-iteration-event.ts';
import { domainRebootEvent } from '../events/domain-reboot-event.ts';
import { decodePayload } from '../packet/encode-packet.ts';
import type { EventMessage } from '../packet/procedure.ts';
import type { DomainRef } from '../wire/domain-ref.ts';
import { jobStats, type JobStats } from '../wire/job-stats.ts';

/** What a host tells by itself about a domain. */
export type DomainEvent =
  /** `event` as in `Lifecycle`; `detail` says why (virDomainEvent*DetailType). */
  | {
      readonly kind: 'lifecycle';
      readonly domain: DomainRef;
      readonly event: number;
      readonly detail: number;
    }
  | { readonly kind: 'reboot'; readonly domain: DomainRef }
  /** `actual`: KiB that the guest has now. */
  | { readonly kind: 'balloon-change'; readonly domain: DomainRef; readonly actual: bigint }
  | { readonly kind: 'migration-iteration'; readonly domain: DomainRef; readonly iteration: number }
  | { readonly kind: 'job-completed'; readonly domain: DomainRef; readonly stats: JobStats };

export type DomainEventKind = DomainEvent['kind'];

/** What the client tells about itself, in the same stream, so that the order of things is plain. */
export type ClientEvent =
  /** Events flow (again). What happened in between was not seen: list the domains. */
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly reason: LibvirtError }
  /** The listener was too slow: so many events before this one were dropped. List the domains. */
  | { readonly kind: 'overflow'; readonly dropped: number };

export interface EventSource {
  readonly kind: DomainEventKind;
  readonly eventId: number;
  /** The procedure number of the message. */
  readonly number: number;
  decode(packet: Buffer): DomainEvent;
}

function source<Payload>(
  kind: DomainEventKind,
  eventId: number,
  message: EventMessage<Payload>,
  toEvent: (payload: Payload) => DomainEvent,
): EventSource {
  return {
    kind,
    eventId,
    number: message.number,
    decode: (packet) => toEvent(decodePayload(packet, message.payload)),
  };
}

export const eventSources: readonly EventSource[] = [
  source('lifecycle', EventId.lifecycle, domainLifecycleEvent, ({ msg }) => ({
    kind: 'lifecycle',
    domain: msg.dom,
    event: msg.event,
    detail: msg.detail,
  })),
  source('reboot', EventId.reboot, domainRebootEvent, ({ msg }) => ({ kind: 'reboot', domain: msg.dom })),
  source('balloon-change', EventId.balloonChange, domainBalloonChangeEvent, ({ msg }) =>
    Object.assign(new WireRecord(), { kind: 'balloon-change' as const, domain: msg.dom, actual: msg.actual }),
  ),
  source(
    'migration-iteration',
    EventId.migrationIteration,
    domainMigrationIterationEvent,
    ({ dom, iteration }) => ({ kind: 'migration-iteration', domain: dom, iteration }),
  ),
  source('job-completed', EventId.jobCompleted, domainJobCompletedEvent, ({ dom, params }) => ({
    kind: 'job-completed',
    domain: dom,
    stats: jobStats(JobType.completed, params),
  })),
];
