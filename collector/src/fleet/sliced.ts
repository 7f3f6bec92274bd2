/**
 * Work in slices: it pauses wherever it yields, so that whoever runs it can do something else in between. What it works
 * on must not change meanwhile.
 */
export type Sliced<T> = Generator<undefined, T, undefined>;

/** Does all of it now. */
export function atOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
