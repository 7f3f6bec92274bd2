import type { Host } from '../fleet/host.ts';

type Trouble = Host['trouble'][number];
export type TroubleKind = Trouble['kind'];

/** Old troubles are forgotten after this. */
const rememberedMs = 600_000;

/** What observing one host met in the last ten minutes. */
export class TroubleBook {
  readonly #entries = new Map<TroubleKind, { trouble: Trouble; lastMs: number }>();

  note(kind: TroubleKind, message: string, atMs: number, wallMs: number): void {
    const known = this.#entries.get(kind);
    const recent = known !== undefined && atMs - known.lastMs < rememberedMs ? known.trouble : undefined;
    const trouble = { kind, since: recent?.since ?? wallMs, count: (recent?.count ?? 0) + 1, message };
    this.#entries.set(kind, { trouble, lastMs: atMs });
  }

  list(atMs: number): Trouble[] {
    for (const [kind, { lastMs }] of this.#entries)
      if (atMs - lastMs >= rememberedMs) this.#entries.delete(kind);
    return [...this.#entries.values()].map(({ trouble }) => trouble);
  }
}
