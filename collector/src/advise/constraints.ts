import { dimensions } from '../fleet/load.ts';
import { WIDTH } from './demand.ts';
import type { FleetModel } from './fleet-model.ts';
import type { Placement } from './placement.ts';
import type { RefusalCode } from './refusal.ts';
import { staticRefusal } from './static-rules.ts';

/** Sums of many doubles differ in their last digits by the order of adding up. */
const tolerance = 1e-9;

/**
 * The one place that says whether a unit may go to a host. `placement` is the state to be entered: moves under way
 * count on both hosts. Every hard constraint has a name; null means that nothing forbids the move.
 */
export class Constraints {
  readonly model: FleetModel;
  /** Hosts that are to be switched on first: they may be targets although they are off. */
  readonly #switchedOn: ReadonlySet<number>;
  /** Hosts that are to be emptied: nothing may go there. */
  readonly #leaving: ReadonlySet<number>;
  readonly #extra: (u: number, h: number) => RefusalCode | null;
  readonly #static = new Map<string, (RefusalCode | 'none' | undefined)[]>();

  constructor(
    model: FleetModel,
    options: {
      readonly switchedOn?: ReadonlySet<number>;
      readonly leaving?: ReadonlySet<number>;
      /** Cool-downs and the like: reasons that depend on why the plan is made. */
      readonly extra?: (u: number, h: number) => RefusalCode | null;
    } = {},
  ) {
    this.model = model;
    this.#switchedOn = options.switchedOn ?? new Set();
    this.#leaving = options.leaving ?? new Set();
    this.#extra = options.extra ?? (() => null);
  }

  /** The same, with nothing to go to `h`: as if it had failed. */
  without(h: number): Constraints {
    return new Constraints(this.model, {
      switchedOn: this.#switchedOn,
      leaving: new Set([...this.#leaving, h]),
      extra: this.#extra,
    });
  }

  /** Why this unit may not leave its host at all. */
  immovable(u: number): RefusalCode | null {
    return this.model.immovable[u] ?? this.#extra(u, -1);
  }

  /** Why no unit may come to this host. */
  closed(h: number): RefusalCode | null {
    const reason = this.model.noTarget[h] ?? null;
    if (reason === 'host-off' && this.#switchedOn.has(h)) return null;
    return reason ?? (this.#leaving.has(h) ? 'host-leaving' : null);
  }

  /** All of it, the exclusions first: they win over everything. */
  refusal(placement: Placement, u: number, h: number): RefusalCode | null {
    const fixed = this.immovable(u);
    if (fixed !== null) return fixed;
    if (placement.hostOf[u] === h) return 'same-host';
    return (
      this.closed(h) ??
      this.#staticRefusal(u, h) ??
      this.#extra(u, h) ??
      this.room(placement, u, h) ??
      this.#company(placement, u, h)
    );
  }

  /** The rules alone, whatever room there is: what an exact solver needs to know of a unit and a host. */
  rulesAllow(u: number, h: number): boolean {
    return (
      this.immovable(u) === null &&
      this.closed(h) === null &&
      this.#staticRefusal(u, h) === null &&
      this.#extra(u, h) === null
    );
  }

  /** Whether `h` would stay within its limits, now and at the horizon, if the unit joined. */
  room(placement: Placement, u: number, h: number): RefusalCode | null {
    const { model } = this;
    if (placement.memory[h]! + model.memory[u]! > model.memoryRoom[h]! * (1 + tolerance)) return 'memory';
    if (placement.vcpus[h]! + model.vcpus[u]! > model.vcpuRoom[h]! * (1 + tolerance)) return 'vcpus';
    const horizon = model.later(u);
    const later = h === model.home[u] ? horizon.leave : horizon.join;
    for (let d = 0; d < WIDTH; d += 1) {
      const i = h * WIDTH + d;
      const most = model.limit[i]! * (1 + tolerance);
      if (placement.now[i]! + model.now[u * WIDTH + d]! > most) return `${dimensions[d]!}-load`;
      if (placement.later[i]! + later[d]! > most) return `${dimensions[d]!}-forecast`;
    }
    return null;
  }

  #staticRefusal(u: number, h: number): RefusalCode | null {
    const { model } = this;
    for (const v of model.membersOf(u)) {
      const vm = model.vms[v]!;
      const { rules } = vm;
      if (
        rules.pinnedTo.length === 0 &&
        rules.hostGroup === null &&
        rules.networks.length === 0 &&
        rules.cpuModel === null &&
        rules.cpuFeatures.length === 0 &&
        rules.numaNodes === 0 &&
        !model.policy.migration.requireTls
      )
        continue;
      const known = this.#staticOf(vm.uuid);
      const code = (known[h] ??=
        staticRefusal(vm, model.hosts[model.home[u]!]!, model.hosts[h]!, model.policy) ?? 'none');
      if (code !== 'none') return code;
    }
    return null;
  }

  #staticOf(uuid: string): (RefusalCode | 'none' | undefined)[] {
    let known = this.#static.get(uuid);
    if (known === undefined) {
      known = [];
      this.#static.set(uuid, known);
    }
    return known;
  }

  /** Who else is there: VMs to be kept apart, and groups spread over zones. */
  #company(placement: Placement, u: number, h: number): RefusalCode | null {
    const { model } = this;
    for (const group of model.antiAffinity.get(u) ?? [])
      if (placement.inGroup(group, h) > 0) return 'anti-affinity';
    for (const group of model.zoneSpread.get(u) ?? []) {
      const before = placement.zoneSkew(group, u, placement.hostOf[u]!);
      if (placement.zoneSkew(group, u, h) > Math.max(1, before)) return 'zone-spread';
    }
    return null;
  }
}
