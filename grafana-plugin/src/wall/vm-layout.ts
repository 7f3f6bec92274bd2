import { hierarchy, treemap } from 'd3-hierarchy';
import type { Box, HostTile } from './wall-layout.ts';
import type { WallHost, WallVm } from './wall-model.ts';

export const headHeight = 16;
const edge = 2;
/** Between two VMs, and the least that is drawn of one; both in pixels of the screen. */
const gap = 1;
const leastSide = 1.5;

export type ClassShare = { readonly class: WallVm['class']; readonly share: number };
type Layout = { readonly vms: readonly WallVm[]; readonly ratio: number; readonly shares: readonly Box[] };

/** Where VMs stand in a host's tile as it is on the screen; null where it is too small for any to be seen. */
export function vmArea(at: Box): Box | null {
  const width = at.width - 2 * edge;
  const height = at.height - headHeight - edge;
  return width < 12 || height < 8 ? null : { x: at.x + edge, y: at.y + headHeight, width, height };
}

/**
 * The VMs of each host as shares of its area, laid out when they are first seen. A layout holds as long as no VM comes,
 * goes or changes its size, so an update of the loads of 50,000 VMs costs no layout.
 */
export class VmLayouts {
  readonly #known = new Map<string, Layout>();
  readonly #mixes = new WeakMap<readonly WallVm[], readonly ClassShare[]>();

  shares({ host, width, height }: HostTile): readonly Box[] {
    const ratio = width / height;
    const known = this.#known.get(host.name);
    if (known?.ratio === ratio && sameSizes(known.vms, host.vms)) {
      if (known.vms !== host.vms) this.#known.set(host.name, { ...known, vms: host.vms });
      return known.shares;
    }
    const shares = layOut(host.vms, ratio);
    this.#known.set(host.name, { vms: host.vms, ratio, shares });
    return shares;
  }

  /** How much of the host each class has: what stands for its VMs while the wall moves. */
  mix({ vms }: WallHost): readonly ClassShare[] {
    const known = this.#mixes.get(vms);
    if (known !== undefined) return known;
    const sums = new Map<WallVm['class'], number>();
    for (const vm of vms) sums.set(vm.class, (sums.get(vm.class) ?? 0) + vm.size);
    const total = Math.max(
      1,
      [...sums.values()].reduce((sum, size) => sum + size, 0),
    );
    const mix = ([null, 'low', 'medium', 'high'] as const).map((name) => ({
      class: name,
      share: (sums.get(name) ?? 0) / total,
    }));
    this.#mixes.set(vms, mix);
    return mix;
  }
}

/** The VM of a share in its area on the screen; null where it would be too small to be seen. */
export function vmBox(share: Box, area: Box): Box | null {
  const width = share.width * area.width - gap;
  const height = share.height * area.height - gap;
  if (width < leastSide || height < leastSide) return null;
  return { x: area.x + share.x * area.width, y: area.y + share.y * area.height, width, height };
}

export function vmAt(
  layouts: VmLayouts,
  tile: HostTile,
  at: Box,
  x: number,
  y: number,
): { vm: WallVm; box: Box } | null {
  const area = vmArea(at);
  if (area === null) return null;
  for (const [index, share] of layouts.shares(tile).entries()) {
    const box = vmBox(share, area);
    if (box !== null && x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height)
      return { vm: tile.host.vms[index]!, box };
  }
  return null;
}

function sameSizes(before: readonly WallVm[], now: readonly WallVm[]): boolean {
  if (before === now) return true;
  return (
    before.length === now.length &&
    before.every((vm, index) => vm.uuid === now[index]!.uuid && vm.size === now[index]!.size)
  );
}

/** In the order of the VMs. */
function layOut(vms: readonly WallVm[], ratio: number): Box[] {
  type Node = { index?: number; children?: Node[]; size?: number };
  const used = vms.reduce((sum, vm) => sum + vm.size, 0);
  // What no VM was given stays empty, so that a nearly empty host looks nearly empty.
  const children = [
    ...vms.map((vm, index) => ({ index, size: Math.max(vm.size, 1e-6) })),
    { size: Math.max(0, 1 - used) },
  ];
  const root = hierarchy<Node>({ children }).sum((node) => node.size ?? 0);
  const shares: Box[] = [];
  for (const leaf of treemap<Node>().size([ratio, 1])(root).leaves()) {
    if (leaf.data.index === undefined) continue;
    shares[leaf.data.index] = {
      x: leaf.x0 / ratio,
      y: leaf.y0,
      width: (leaf.x1 - leaf.x0) / ratio,
      height: leaf.y1 - leaf.y0,
    };
  }
  return shares;
}
