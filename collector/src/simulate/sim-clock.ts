/** The time of a simulated fleet. Counters and migrations run in real time; the rhythm of the load may run faster. */
export type SimClock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The moment of the workloads, in seconds since 1970. */
  readonly loadSeconds: (now: number) => number;
};

export function createSimClock(
  now: () => number,
  options: { readonly loadStart?: number; readonly loadSpeed?: number } = {},
): SimClock {
  const start = now();
  const loadStart = options.loadStart ?? start;
  const speed = options.loadSpeed ?? 1;
  return { now, loadSeconds: (at) => (loadStart + (at - start) * speed) / 1000 };
}
