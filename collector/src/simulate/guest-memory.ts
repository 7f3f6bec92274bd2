import { randomStream } from './noise.ts';

export const pageBytes = 4096;
const groupsMax = 32_768;

/**
 * A guest's memory as pages that are written and copied. Pages are kept in groups of neighbours with the number of
 * dirty ones in each, so that hundreds of gigabytes stay small; which group a write hits is drawn, most of them in a
 * small hot part.
 */
export class GuestMemory {
  readonly pages: number;
  readonly #pagesPerGroup: number;
  readonly #groups: number;
  readonly #touchedGroups: number;
  readonly #hotGroups: number;
  readonly #hotShare: number;
  readonly #random: () => number;
  /** Dirty pages by group: those of the pass under way, and those written since it began. */
  #pass: Uint16Array;
  #next: Uint16Array;
  #cursor = 0;
  #passLeft: number;
  #nextDirty = 0;

  /** `touchedShare` of the memory holds something; the rest was never written and is sent as zeros. */
  constructor(
    memBytes: number,
    touchedShare: number,
    hot: { readonly share: number; readonly of: number },
    seed: number,
  ) {
    this.pages = Math.max(1, Math.round(memBytes / pageBytes));
    this.#pagesPerGroup = Math.min(65_535, Math.max(1, Math.ceil(this.pages / groupsMax)));
    this.#groups = Math.ceil(this.pages / this.#pagesPerGroup);
    this.#touchedGroups = Math.max(1, Math.round(this.#groups * touchedShare));
    this.#hotGroups = Math.max(1, Math.round(this.#touchedGroups * hot.of));
    this.#hotShare = hot.share;
    this.#random = randomStream(seed);
    this.#pass = new Uint16Array(this.#groups).fill(this.#pagesPerGroup);
    this.#next = new Uint16Array(this.#groups);
    this.#passLeft = this.#groups * this.#pagesPerGroup;
  }

  /** Pages still to be sent in this pass. */
  get passLeft(): number {
    return this.#passLeft;
  }

  /** Different pages written since this pass began. */
  get dirtied(): number {
    return this.#nextDirty;
  }

  get zeroPages(): number {
    return (this.#groups - this.#touchedGroups) * this.#pagesPerGroup;
  }

  write(count: number): void {
    const whole = Math.floor(count) + (this.#random() < count % 1 ? 1 : 0);
    for (let i = 0; i < whole; i += 1) {
      const hot = this.#random() < this.#hotShare;
      const group = Math.floor(this.#random() * (hot ? this.#hotGroups : this.#touchedGroups));
      const dirty = this.#next[group]!;
      // The page that is hit is dirty already as often as its neighbours are.
      if (this.#random() * this.#pagesPerGroup >= dirty) {
        this.#next[group] = dirty + 1;
        this.#nextDirty += 1;
      }
    }
  }

  /**
   * Sends pages from where the last call stopped until the budget is spent or the pass is done.
   * `costOf` says what one page takes of the budget; zero pages are told apart.
   */
  send(
    budget: number,
    cost: { readonly page: number; readonly zero: number },
  ): { sent: number; zeros: number; left: number } {
    let left = budget;
    let sent = 0;
    let zeros = 0;
    while (this.#cursor < this.#groups) {
      const dirty = this.#pass[this.#cursor]!;
      const isZero = this.#cursor >= this.#touchedGroups;
      const each = isZero ? cost.zero : cost.page;
      const count = Math.min(dirty, Math.floor(left / each));
      if (isZero) zeros += count;
      else sent += count;
      left -= count * each;
      this.#pass[this.#cursor] = dirty - count;
      this.#passLeft -= count;
      if (count < dirty) break;
      this.#cursor += 1;
    }
    return { sent, zeros, left };
  }

  get passIsDone(): boolean {
    return this.#cursor >= this.#groups;
  }

  /** What was written meanwhile is what the next pass has to send. */
  nextPass(): void {
    const spent = this.#pass;
    this.#pass = this.#next;
    this.#next = spent.fill(0);
    this.#passLeft = this.#nextDirty;
    this.#nextDirty = 0;
    this.#cursor = 0;
  }
}
