import type { SearchBudget } from './advice.ts';

/** Counts down the search's budget. Steps alone make a search repeatable; a clock, where handed in, makes it punctual. */
export class SearchClock {
  #left: number;
  readonly #expired: () => boolean;
  #sinceAsked = 0;
  #over = false;

  constructor(budget: SearchBudget) {
    this.#left = budget.steps;
    this.#expired = budget.expired ?? (() => false);
  }

  /** Takes `steps` off the budget; false once it is used up. */
  take(steps = 1): boolean {
    if (this.#over) return false;
    this.#left -= steps;
    this.#sinceAsked += steps;
    if (this.#sinceAsked >= 4096) {
      this.#sinceAsked = 0;
      if (this.#expired()) this.#over = true;
    }
    if (this.#left < 0) this.#over = true;
    return !this.#over;
  }
}
