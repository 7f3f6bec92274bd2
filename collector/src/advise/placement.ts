import { WIDTH } from './demand.ts';
import type { FleetModel } from './fleet-model.ts';

/**
 * Which unit is on which host, with all sums kept up to date. `join` and `part` are the two halves of a move: between
 * them the unit counts on both hosts, as it does while it is being copied.
 */
export class Placement {
  readonly model: FleetModel;
  readonly hostOf: Int32Array;
  readonly now: Float64Array;
  readonly later: Float64Array;
  readonly memory: Float64Array;
  readonly vcpus: Float64Array;
  readonly units: Int32Array;
  /** VMs per host and class, as the balance of classes needs them. */
  readonly classes: Float64Array;
  readonly #groups: Map<number, number>;
  readonly #zones: Map<number, number>;
  /** Units that came, per host; read only to list what is on a host. */
  readonly #joined: Map<number, Set<number>>;

  constructor(model: FleetModel, from?: Placement) {
    this.model = model;
    if (from !== undefined) {
      this.hostOf = from.hostOf.slice();
      this.now = from.now.slice();
      this.later = from.later.slice();
      this.memory = from.memory.slice();
      this.vcpus = from.vcpus.slice();
      this.units = from.units.slice();
      this.classes = from.classes.slice();
      this.#groups = new Map(from.#groups);
      this.#zones = new Map(from.#zones);
      this.#joined = new Map([...from.#joined].map(([h, set]) => [h, new Set(set)]));
      return;
    }
    const H = model.hosts.length;
    this.hostOf = model.home.slice();
    this.now = model.hostNow.slice();
    this.later = model.hostLater.slice();
    this.memory = new Float64Array(H);
    this.vcpus = new Float64Array(H);
    this.units = new Int32Array(H);
    this.classes = new Float64Array(H * 3);
    this.#groups = new Map();
    this.#zones = new Map();
    this.#joined = new Map();
    for (let u = 0; u < model.unitCount; u += 1) {
      const h = model.home[u]!;
      this.memory[h]! += model.memory[u]!;
      this.vcpus[h]! += model.vcpus[u]!;
      this.units[h]! += 1;
      if (model.loadClass[u]! < 3) this.classes[h * 3 + model.loadClass[u]!]! += 1;
    }
    for (const [u, groups] of model.antiAffinity)
      for (const group of groups) bump(this.#groups, group * H + model.home[u]!, 1);
    for (const [u, groups] of model.zoneSpread)
      for (const group of groups) this.#bumpZone(group, model.home[u]!, 1);
  }

  copy(): Placement {
    return new Placement(this.model, this);
  }

  /** The unit's demand, memory and rules count on `h` from now on. */
  join(u: number, h: number): void {
    this.#count(u, h, 1);
    const { model } = this;
    for (const group of model.antiAffinity.get(u) ?? [])
      bump(this.#groups, group * model.hosts.length + h, 1);
  }

  /** They no longer count on `h`. */
  part(u: number, h: number): void {
    this.#count(u, h, -1);
    const { model } = this;
    for (const group of model.antiAffinity.get(u) ?? [])
      bump(this.#groups, group * model.hosts.length + h, -1);
  }

  /** The unit is on `h`; its demands must have joined there. */
  settle(u: number, h: number): void {
    const from = this.hostOf[u]!;
    this.hostOf[u] = h;
    this.#joined.get(from)?.delete(u);
    if (h !== this.model.home[u]) {
      const set = this.#joined.get(h);
      if (set === undefined) this.#joined.set(h, new Set([u]));
      else set.add(u);
    }
    for (const group of this.model.zoneSpread.get(u) ?? []) {
      this.#bumpZone(group, from, -1);
      this.#bumpZone(group, h, 1);
    }
  }

  move(u: number, h: number): void {
    this.part(u, this.hostOf[u]!);
    this.join(u, h);
    this.settle(u, h);
  }

  unitsOn(h: number): number[] {
    const here: number[] = [];
    for (const u of this.model.unitsOn[h]!) if (this.hostOf[u] === h) here.push(u);
    const joined = this.#joined.get(h);
    if (joined !== undefined) for (const u of joined) here.push(u);
    return here;
  }

  /** Whether a unit is on `h` that was not there at first. */
  hasGuests(h: number): boolean {
    return (this.#joined.get(h)?.size ?? 0) > 0;
  }

  /** How many units of an anti-affinity group count on a host. */
  inGroup(group: number, h: number): number {
    return this.#groups.get(group * this.model.hosts.length + h) ?? 0;
  }

  /** The difference between the fullest and the emptiest zone of a group, if `u` were on `h`. */
  zoneSkew(group: number, u: number, h: number): number {
    const { zoneOf, zoneCount } = this.model;
    const from = zoneOf[this.hostOf[u]!]!;
    const to = zoneOf[h]!;
    let most = 0;
    let least = Infinity;
    for (let z = 0; z < zoneCount; z += 1) {
      const moved = (z === to ? 1 : 0) - (z === from ? 1 : 0);
      const count = (this.#zones.get(group * zoneCount + z) ?? 0) + moved;
      most = Math.max(most, count);
      least = Math.min(least, count);
    }
    return zoneCount === 0 ? 0 : most - least;
  }

  #count(u: number, h: number, sign: 1 | -1): void {
    const { model } = this;
    const horizon = model.later(u);
    const later = h === model.home[u] ? horizon.leave : horizon.join;
    for (let d = 0; d < WIDTH; d += 1) {
      this.now[h * WIDTH + d]! += sign * model.now[u * WIDTH + d]!;
      this.later[h * WIDTH + d]! += sign * later[d]!;
    }
    this.memory[h]! += sign * model.memory[u]!;
    this.vcpus[h]! += sign * model.vcpus[u]!;
    this.units[h]! += sign;
    const loadClass = model.loadClass[u]!;
    if (loadClass < 3) this.classes[h * 3 + loadClass]! += sign;
  }

  #bumpZone(group: number, h: number, by: number): void {
    const z = this.model.zoneOf[h]!;
    if (z >= 0) bump(this.#zones, group * this.model.zoneCount + z, by);
  }
}

const bump = (counts: Map<number, number>, key: number, by: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + by);
};
