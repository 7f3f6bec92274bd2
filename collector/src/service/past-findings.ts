import type { Finding } from '../fleet/finding.ts';
import type { EndedFindingStore } from '../journal/ended-finding-store.ts';

const most = 10_000;

/** Findings that ended, the latest ten thousand: in memory for those who ask, in the journal for the next start. */
export class PastFindings {
  readonly #fleet: string;
  readonly #store: EndedFindingStore;
  readonly #onError: (error: unknown) => void;
  #findings: Finding[] = [];
  /** One write after the other. */
  #written: Promise<void> = Promise.resolve();

  constructor(fleet: string, store: EndedFindingStore, onError: (error: unknown) => void) {
    this.#fleet = fleet;
    this.#store = store;
    this.#onError = onError;
  }

  /** Takes up what ended before this start. */
  async load(): Promise<void> {
    this.#findings = [...(await this.#store.latest(this.#fleet, most))];
  }

  add(ended: readonly Finding[]): void {
    if (ended.length === 0) return;
    this.#findings.push(...ended);
    if (this.#findings.length > most) this.#findings = this.#findings.slice(-most);
    const kept = ended.slice(-most);
    this.#written = this.#written
      .then(() => this.#store.add(this.#fleet, kept, most))
      .catch((error: unknown) => {
        this.#onError(error);
      });
  }

  /** What was added is in the journal, or was reported. */
  written(): Promise<void> {
    return this.#written;
  }

  /** Those that ended in that time, the latest first. */
  between(from: number, to: number, limit: number): Finding[] {
    return this.#findings
      .filter(({ until }) => until !== undefined && until >= from && until < to)
      .slice(-limit)
      .reverse();
  }
}
