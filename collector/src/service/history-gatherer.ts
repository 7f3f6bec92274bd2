import { dimensions, type Dimension, type Load } from '../fleet/load.ts';
import type { LoadHistory } from '../judge/warm-state.ts';
import type { SeriesKey } from '../telemetry/history-window.ts';

/** Gathers samples that come one by one, series after series, and hands on each series when it is whole. */
export class HistoryGatherer {
  readonly #handOn: (histories: readonly LoadHistory[]) => void;
  #key: SeriesKey | null = null;
  #samples = emptySamples();

  constructor(handOn: (histories: readonly LoadHistory[]) => void) {
    this.#handOn = handOn;
  }

  take(key: SeriesKey, at: number, load: Load): void {
    if (this.#key?.id !== key.id || this.#key.type !== key.type) this.end();
    this.#key = key;
    for (const dimension of dimensions) {
      const value = load[dimension];
      if (value !== null) this.#samples[dimension].push({ at, value });
    }
  }

  end(): void {
    if (this.#key === null) return;
    const { type: subject, id } = this.#key;
    const samples = this.#samples;
    this.#key = null;
    this.#samples = emptySamples();
    this.#handOn(dimensions.map((dimension) => ({ subject, id, dimension, samples: samples[dimension] })));
  }
}

const emptySamples = (): Record<Dimension, { at: number; value: number }[]> => ({
  cpu: [],
  mem: [],
  net: [],
  disk: [],
});
