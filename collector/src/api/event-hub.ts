export const eventTopics = ['snapshot', 'vms', 'finding', 'recommendation', 'migration', 'drain'] as const;
export type EventTopic = (typeof eventTopics)[number];

/** One event as it goes over the wire, made once for all listeners. */
export type StreamEvent = { readonly id: string; readonly topic: EventTopic; readonly frame: string };

type Listener = (event: StreamEvent) => void;

/**
 * Passes events to whoever listens and remembers the latest, so that a listener that was cut off can go on where it
 * was. What is remembered is bounded in bytes; the ids hold an epoch, so that ids of an earlier run are recognised.
 */
export class EventHub {
  readonly #epoch: string;
  readonly #rememberBytes: number;
  readonly #listeners = new Map<Listener, ReadonlySet<EventTopic>>();
  #remembered: StreamEvent[] = [];
  #bytes = 0;
  #last = 0;

  constructor(epoch: string, rememberBytes = 4 * 1024 * 1024) {
    this.#epoch = epoch;
    this.#rememberBytes = rememberBytes;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get lastId(): string {
    return `${this.#epoch}-${this.#last}`;
  }

  publish(topic: EventTopic, data: unknown): void {
    this.#last += 1;
    const id = this.lastId;
    const event = { id, topic, frame: `id: ${id}\nevent: ${topic}\ndata: ${JSON.stringify(data)}\n\n` };
    this.#remembered.push(event);
    this.#bytes += event.frame.length;
    let forgotten = 0;
    while (this.#bytes > this.#rememberBytes && forgotten < this.#remembered.length - 1) {
      this.#bytes -= this.#remembered[forgotten]!.frame.length;
      forgotten += 1;
    }
    if (forgotten > 0) this.#remembered.splice(0, forgotten);
    for (const [listener, topics] of this.#listeners) if (topics.has(topic)) listener(event);
  }

  /** Whether anybody listens for it: what nobody wants need not be made. */
  isWanted(topic: EventTopic): boolean {
    for (const topics of this.#listeners.values()) if (topics.has(topic)) return true;
    return false;
  }

  subscribe(topics: ReadonlySet<EventTopic>, listener: Listener): () => void {
    this.#listeners.set(listener, topics);
    return () => this.#listeners.delete(listener);
  }

  /** All events after the given id, or null when that cannot be told any more: the listener must load afresh. */
  since(id: string): readonly StreamEvent[] | null {
    const [epoch, number] = [id.slice(0, id.lastIndexOf('-')), Number(id.slice(id.lastIndexOf('-') + 1))];
    if (epoch !== this.#epoch || !Number.isSafeInteger(number) || number > this.#last) return null;
    const oldest = this.#last - this.#remembered.length;
    return number < oldest ? null : this.#remembered.slice(number - oldest);
  }
}
