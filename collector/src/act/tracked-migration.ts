import type { Migration, MigrationProgress, MigrationStage } from '../fleet/migration.ts';
import type { StoredMigration } from '../journal/migration-store.ts';
import type { ForecastInputs } from '../advise/migration-forecast.ts';

export const endStages: ReadonlySet<MigrationStage> = new Set(['done', 'failed', 'aborted']);

export type AbortRequest = { readonly by: 'operator' | 'deadline'; readonly message: string };

/** A migration that has not ended, as this collector holds it: the journal's record, and what only matters now. */
export class TrackedMigration {
  record: Migration;
  readonly order: number;
  inputs: ForecastInputs | null = null;
  abort: AbortRequest | null = null;
  /** It waits for its turn; false from the moment it was admitted. */
  queued: boolean;
  /** Not before this moment. */
  notBefore = 0;
  readonly ended: Promise<Migration>;
  #sayEnded!: (record: Migration) => void;
  #revision: number;
  #saving: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => undefined;
  readonly #write: (record: Migration, revision: number) => Promise<number>;
  readonly #told: (record: Migration) => void;

  constructor(
    stored: StoredMigration,
    order: number,
    write: (record: Migration, revision: number) => Promise<number>,
    told: (record: Migration) => void,
  ) {
    this.record = stored.migration;
    this.#revision = stored.revision;
    this.order = order;
    this.queued = true;
    this.#write = write;
    this.#told = told;
    this.ended = new Promise((resolve) => {
      this.#sayEnded = resolve;
    });
  }

  /** Resolves when the change is in the journal; only then is it true for anybody. */
  save(change: Partial<Migration> | ((now: Migration) => Partial<Migration>)): Promise<void> {
    const result = this.#saving.then(async () => {
      const next = { ...this.record, ...(typeof change === 'function' ? change(this.record) : change) };
      this.#revision = await this.#write(next, this.#revision);
      this.record = next;
      this.#told(next);
      if (endStages.has(next.stage)) this.#sayEnded(next);
    });
    this.#saving = result.catch(() => undefined);
    return result;
  }

  /** The next stage, with its time and cause. */
  enter(
    stage: MigrationStage,
    at: number,
    cause: string | null,
    change: Partial<Migration> = {},
  ): Promise<void> {
    return this.save(({ stages }) => ({
      ...change,
      stage,
      stages: [...stages, { stage, at, ...(cause === null ? {} : { cause }) }],
    }));
  }

  /** Progress is told, not journaled: after a crash the host is asked. */
  progress(progress: MigrationProgress): void {
    this.record = { ...this.record, progress };
    this.#told(this.record);
  }

  waitsFor(reason: string | null): void {
    if (this.record.waitingFor === reason) return;
    this.record = { ...this.record, waitingFor: reason };
    this.#told(this.record);
  }

  requestAbort(request: AbortRequest): void {
    this.abort ??= request;
    this.#wake();
  }

  /** Resolves at the next wake-up. */
  woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    this.#wake();
  }
}
