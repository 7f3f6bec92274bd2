import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import type { WallHost, WallVm } from './wall-model.ts';

export type Box = { x: number; y: number; width: number; height: number };
export type VmTile = Box & { vm: WallVm };
export type HostTile = Box & { host: WallHost; vms: VmTile[] };

const gap = 2;
const header = 16;

type Node = { host?: WallHost; children?: Node[]; size?: number };

/**
 * Hosts as tiles whose area is their capacity, VMs as tiles inside. Hosts keep the order they come in (zone, name), so
 * that a host stays where the eye has learnt to look for it while loads change.
 */
export function layoutWall(hosts: readonly WallHost[], width: number, height: number): HostTile[] {
  if (hosts.length === 0 || width <= 0 || height <= 0) return [];
  const root = hierarchy<Node>({
    children: hosts.map((host) => ({ host, size: Math.max(host.size, 1e-9) })),
  }).sum((node) => node.size ?? 0);
  const laid = treemap<Node>().tile(treemapSquarify.ratio(1.4)).size([width, height]).paddingInner(gap)(root);
  return laid.leaves().flatMap((leaf) => {
    const host = leaf.data.host;
    if (host === undefined) return [];
    const box = { x: leaf.x0, y: leaf.y0, width: leaf.x1 - leaf.x0, height: leaf.y1 - leaf.y0 };
    return [{ ...box, host, vms: layoutVms(host, box) }];
  });
}

function layoutVms(host: WallHost, box: Box): VmTile[] {
  const width = box.width - 2 * gap;
  const height = box.height - header - gap;
  if (host.vms.length === 0 || width < 4 || height < 4) return [];
  type VmNode = { vm?: WallVm; children?: VmNode[]; size?: number };
  const used = host.vms.reduce((sum, vm) => sum + vm.size, 0);
  // What no VM was given stays empty, so that a nearly empty host looks nearly empty.
  const free = Math.max(0, 1 - used);
  const root = hierarchy<VmNode>({
    children: [...host.vms.map((vm) => ({ vm, size: Math.max(vm.size, 1e-6) })), { size: free }],
  }).sum((node) => node.size ?? 0);
  const laid = treemap<VmNode>().size([width, height]).paddingInner(1)(root);
  return laid.leaves().flatMap((leaf) =>
    leaf.data.vm === undefined
      ? []
      : [
          {
            vm: leaf.data.vm,
            x: box.x + gap + leaf.x0,
            y: box.y + header + leaf.y0,
            width: leaf.x1 - leaf.x0,
            height: leaf.y1 - leaf.y0,
          },
        ],
  );
}

export function hostAt(tiles: readonly HostTile[], x: number, y: number): HostTile | null {
  return tiles.find((tile) => inside(tile, x, y)) ?? null;
}

export function vmAt(tile: HostTile, x: number, y: number): VmTile | null {
  return tile.vms.find((vm) => inside(vm, x, y)) ?? null;
}

const inside = (box: Box, x: number, y: number): boolean =>
  x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
