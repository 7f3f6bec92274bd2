import type { MoveRecord, PowerRecord } from '../fleet/move-record.ts';
import type { Policy } from '../fleet/policy.ts';

const minute = 60_000;
const hour = 60 * minute;

/** Keeps the fleet from swinging: VMs rest after a move, longer after each; nothing goes back where it came from. */
export class Restraint {
  readonly #restingUntil = new Map<string, number>();
  readonly #left = new Map<string, Set<string>>();
  readonly #at: number;
  readonly #policy: Policy;
  readonly #power: readonly PowerRecord[];

  constructor(moves: readonly MoveRecord[], power: readonly PowerRecord[], at: number, policy: Policy) {
    this.#at = at;
    this.#policy = policy;
    this.#power = power;
    const { cooldown } = policy;
    const since = at - cooldown.windowHours * hour;
    const count = new Map<string, number>();
    const last = new Map<string, number>();
    for (const move of moves) {
      if (move.at <= since || move.at > at) continue;
      count.set(move.uuid, (count.get(move.uuid) ?? 0) + 1);
      last.set(move.uuid, Math.max(last.get(move.uuid) ?? -Infinity, move.at));
      const left = this.#left.get(move.uuid);
      if (left === undefined) this.#left.set(move.uuid, new Set([move.from]));
      else left.add(move.from);
    }
    for (const [uuid, moved] of count) {
      const rest = Math.min(
        cooldown.minutes * minute * cooldown.factor ** (moved - 1),
        cooldown.windowHours * hour,
      );
      this.#restingUntil.set(uuid, last.get(uuid)! + rest);
    }
  }

  /** Nothing moved within the window. */
  get isEmpty(): boolean {
    return this.#left.size === 0;
  }

  isResting(uuid: string): boolean {
    return (this.#restingUntil.get(uuid) ?? -Infinity) > this.#at;
  }

  /** Whether the VM left this host within the window: going back would close a circle. */
  wouldReturn(uuid: string, host: string): boolean {
    return this.#left.get(uuid)?.has(host) === true;
  }

  /** When consolidating may start again, or null: hosts were not switched on lately. */
  consolidationRestsUntil(): number | null {
    const rest = this.#policy.consolidation.restMinutes * minute;
    let until = -Infinity;
    for (const record of this.#power)
      if (record.action === 'switch-on' && record.at <= this.#at) until = Math.max(until, record.at + rest);
    return until > this.#at ? until : null;
  }
}
