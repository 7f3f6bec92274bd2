export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Numbers from 0 to below 1; handed in so that a test can repeat them. */
  readonly random: () => number;
}

/** Waiting times that double up to a limit, each drawn from the upper half, so that a fleet does not come back as one. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures = 0;

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  next(): number {
    const { firstMs, maxMs, random } = this.#options;
    const ceiling = Math.min(maxMs, firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return ceiling * (0.5 + random() / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
