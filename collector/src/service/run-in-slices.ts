import { setImmediate as otherWork } from 'node:timers/promises';
import type { Sliced } from '../fleet/sliced.ts';

/** Long enough that pausing costs nothing, short enough that nobody notices the wait. */
const sliceMs = 8;

/** Does the work bit by bit: polls, the API and the databases get their turn in between. */
export async function runInSlices<T>(work: Sliced<T>): Promise<T> {
  for (;;) {
    const pauseAt = performance.now() + sliceMs;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (performance.now() < pauseAt);
    await otherWork();
  }
}
