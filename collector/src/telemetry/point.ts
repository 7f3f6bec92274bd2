/** One sample of one series. Numbers are always stored as floats, so that a field never changes its type. */
export type Point = {
  readonly measurement: Measurement;
  /** Few and bounded: fleet, host, vm, uuid, class. Names as they are; the writers escape them. */
  readonly tags: Readonly<Partial<Record<Tag, string>>>;
  /** Null and undefined are left out: a value that is not known is never a zero. */
  readonly fields: Readonly<Record<string, number | string | null | undefined>>;
  /** Milliseconds since 1970; a fraction keeps apart what would otherwise overwrite one another. */
  readonly at: number;
};

export const measurements = [
  'host',
  'vm',
  'forecast',
  'finding',
  'recommendation',
  'migration',
  'collector',
] as const;
export type Measurement = (typeof measurements)[number];

export const tags = ['class', 'fleet', 'host', 'uuid', 'vm'] as const;
export type Tag = (typeof tags)[number];

/** Where points go. `write` returns when the points are safe from a crash of this process. */
export interface PointSink {
  write(points: readonly Point[]): void;
}

export const writeToAll = (sinks: readonly PointSink[]): PointSink => ({
  write: (points) => {
    for (const sink of sinks) sink.write(points);
  },
});
