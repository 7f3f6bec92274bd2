import assert from 'node:assert/strict';
import type { AnyEvent, EventStream } from '../src/index.ts';

/** Reads a stream until an event is the wanted one; returns all that were read. */
export async function eventsUntil(
  stream: EventStream<AnyEvent>,
  wanted: (event: AnyEvent) => boolean,
): Promise<AnyEvent[]> {
  const seen: AnyEvent[] = [];
  for (;;) {
    const { value } = await stream.next();
    assert.ok(value, `the stream ended after ${seen.map(({ kind }) => kind).join(', ')}`);
    seen.push(value);
    if (wanted(value)) return seen;
  }
}
