import type { Vm } from '../fleet/vm.ts';

export type Bundles = {
  readonly unitCount: number;
  readonly unitOf: Int32Array;
  readonly firstVm: Int32Array;
  /** Only of units with more than one VM. */
  readonly members: ReadonlyMap<number, readonly number[]>;
  /** Units that affinity keeps together and anti-affinity apart. */
  readonly contradictory: ReadonlySet<number>;
};

/** Ties together the VMs of one host that share an affinity group: they move as one, or not at all. */
export const bundleVms = (vms: readonly Vm[], vmHost: readonly number[]): Bundles => {
  const parent = Int32Array.from(vms, (_, v) => v);
  const root = (v: number): number => {
    let r = v;
    while (parent[r] !== r) r = parent[r]!;
    parent[v] = r;
    return r;
  };
  const firstOf = new Map<string, number>();
  vms.forEach((vm, v) => {
    for (const group of vm.rules.affinity) {
      const key = `${vmHost[v]!} ${group}`;
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, v);
      else parent[root(v)] = root(first);
    }
  });
  const unitOf = new Int32Array(vms.length);
  const unitOfRoot = new Int32Array(vms.length).fill(-1);
  const firstVm: number[] = [];
  const members = new Map<number, number[]>();
  for (let v = 0; v < vms.length; v += 1) {
    const r = root(v);
    if (unitOfRoot[r] === -1) {
      unitOfRoot[r] = firstVm.length;
      firstVm.push(v);
    } else {
      const u = unitOfRoot[r]!;
      const list = members.get(u);
      if (list === undefined) members.set(u, [firstVm[u]!, v]);
      else list.push(v);
    }
    unitOf[v] = unitOfRoot[r]!;
  }
  const contradictory = new Set<number>();
  for (const [u, list] of members) {
    const groups = list.flatMap((v) => [...new Set(vms[v]!.rules.antiAffinity)]);
    if (new Set(groups).size < groups.length) contradictory.add(u);
  }
  return { unitCount: firstVm.length, unitOf, firstVm: Int32Array.from(firstVm), members, contradictory };
};
