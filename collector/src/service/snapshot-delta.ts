import type { FleetView } from '../api/fleet-view.ts';
import type { CompactVmRow } from '../api/views.ts';
import type { Load } from '../fleet/load.ts';

/** A host as the event stream tells of it: what changes from one snapshot to the next. */
export type HostDelta = {
  readonly name: string;
  readonly power: string;
  readonly maintenance: boolean;
  readonly freshness: string;
  readonly sampledAt: number | null;
  readonly load: Load;
  readonly pressure: number | null;
  readonly states: readonly string[];
  readonly vmCount: number;
  readonly forecast: { readonly minutes: number; readonly load: Load };
};

export type SnapshotDelta = {
  readonly at: number;
  readonly sequence: number;
  readonly hosts: readonly HostDelta[];
  readonly removed: readonly string[];
};

export type VmsDelta = {
  readonly at: number;
  readonly sequence: number;
  readonly rows: readonly CompactVmRow[];
  readonly removed: readonly string[];
};

const round = (share: number | null): number | null =>
  share === null ? null : Math.round(share * 1000) / 1000;
const roundLoad = (load: Load): Load => ({
  cpu: round(load.cpu),
  mem: round(load.mem),
  net: round(load.net),
  disk: round(load.disk),
});

/** Remembers what listeners were told last, and says what is new. */
export class DeltaMaker {
  #hosts = new Map<string, string>();
  #vms = new Map<string, CompactVmRow>();

  hosts(view: FleetView): SnapshotDelta {
    const told = new Map<string, string>();
    const hosts: HostDelta[] = [];
    for (const host of view.hostViews()) {
      const { name, power, maintenance, freshness, sampledAt, states, vmCount, forecast } = host;
      const facts = {
        name,
        power,
        maintenance,
        freshness,
        load: roundLoad(host.load),
        pressure: round(host.pressure),
        states,
        vmCount,
        forecast,
      };
      const mark = JSON.stringify(facts);
      told.set(name, mark);
      if (this.#hosts.get(name) !== mark) hosts.push({ ...facts, sampledAt });
    }
    const removed = [...this.#hosts.keys()].filter((name) => !told.has(name));
    this.#hosts = told;
    return { at: view.snapshot.at, sequence: view.snapshot.sequence, hosts, removed };
  }

  vms(view: FleetView): VmsDelta {
    const told = new Map<string, CompactVmRow>();
    const rows: CompactVmRow[] = [];
    for (const vm of view.snapshot.vms) {
      const row = view.compactVm(vm);
      const before = this.#vms.get(vm.uuid);
      if (before && !differs(before, row)) {
        told.set(vm.uuid, before);
        continue;
      }
      told.set(vm.uuid, row);
      rows.push(row);
    }
    const removed = [...this.#vms.keys()].filter((uuid) => !told.has(uuid));
    this.#vms = told;
    return { at: view.snapshot.at, sequence: view.snapshot.sequence, rows, removed };
  }
}

const leastShare = 0.01;
const firstShare = 6;
const lastShare = 10;

/** A hundredth more or less is nothing that anybody sees on a wall of thousands. */
function differs(before: CompactVmRow, after: CompactVmRow): boolean {
  return after.some((value, place) => {
    const was = before[place];
    if (place < firstShare || place > lastShare) return value !== was;
    if (typeof value !== 'number' || typeof was !== 'number') return value !== was;
    return Math.abs(value - was) >= leastShare;
  });
}
