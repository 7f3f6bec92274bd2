import { Type } from 'typebox';
import { type EventTopic, eventTopics, type StreamEvent } from '../event-hub.ts';
import { ApiProblem } from '../problem.ts';
import type { RouteSet } from './route-set.ts';

/** A client that lets this much pile up is cut off; it comes back with Last-Event-ID when it can. */
const backlogBytesMax = 2 * 1024 * 1024;
const heartbeatMs = 15_000;

const EventQuery = Type.Object(
  {
    topics: Type.Optional(
      Type.String({
        pattern: '^[a-z,]+$',
        description: `some of ${eventTopics.join(', ')}, with commas; default: all but vms`,
      }),
    ),
    lastEventId: Type.Optional(
      Type.String({ maxLength: 100, description: 'for clients that cannot send the Last-Event-ID header' }),
    ),
  },
  { additionalProperties: false },
);

export const eventRoutes: RouteSet = (app, { services: { events }, eventClientsMax }) => {
  app.get(
    '/events',
    {
      config: { role: 'viewer' },
      schema: {
        tags: ['events'],
        summary: 'What happens, as server-sent events',
        description:
          'Events: snapshot (hosts that changed), vms (VMs that changed, as compact rows), finding, recommendation, ' +
          'migration, drain; and reset when what was missed is not known any more: load everything afresh. ' +
          'A comment comes every 15 s. Go on after a break by sending Last-Event-ID.',
        querystring: EventQuery,
        produces: ['text/event-stream'],
        response: { 200: Type.String({ description: 'text/event-stream' }) },
      },
    },
    (request, reply) => {
      const topics = readTopics(request.query.topics);
      if (events.listeners >= eventClientsMax) {
        throw new ApiProblem(
          'not-available',
          `There are ${eventClientsMax} listeners already; try again later.`,
          {
            retryAfterSeconds: 30,
          },
        );
      }
      const header = request.headers['last-event-id'];
      const lastId = typeof header === 'string' ? header : request.query.lastEventId;

      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        connection: 'keep-alive',
        'x-accel-buffering': 'no',
      });
      stream.socket?.setNoDelay(true);

      let unsubscribe = (): void => undefined;
      const heartbeat = setInterval(() => {
        write(': alive\n\n');
      }, heartbeatMs);
      const close = (): void => {
        clearInterval(heartbeat);
        unsubscribe();
        stream.destroy();
      };
      const write = (text: string): void => {
        if (stream.destroyed) return;
        stream.write(text);
        if (stream.writableLength > backlogBytesMax) {
          request.log.warn({ bytes: stream.writableLength }, 'an event listener is too slow and was cut off');
          close();
        }
      };
      const send = ({ topic, frame }: StreamEvent): void => {
        if (topics.has(topic)) write(frame);
      };
      stream.on('close', close);
      stream.on('error', close);

      const missed = lastId === undefined ? [] : events.since(lastId);
      write('retry: 2000\n\n');
      if (missed === null) write(`id: ${events.lastId}\nevent: reset\ndata: {}\n\n`);
      // The id lets a listener that has heard nothing yet resume from here.
      else if (missed.length === 0) write(`id: ${events.lastId}\nevent: hello\ndata: {}\n\n`);
      else missed.forEach(send);
      unsubscribe = events.subscribe(topics, send);
    },
  );
};

function readTopics(text: string | undefined): ReadonlySet<EventTopic> {
  if (text === undefined) return new Set(eventTopics.filter((topic) => topic !== 'vms'));
  return new Set(
    text.split(',').map((given) => {
      const topic = eventTopics.find((known) => known === given);
      if (topic) return topic;
      throw new ApiProblem(
        'bad-request',
        `query.topics has "${given}"; there are ${eventTopics.join(', ')}.`,
      );
    }),
  );
}
