import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import type { WallHost } from './wall-model.ts';

export type Box = { x: number; y: number; width: number; height: number };
export type HostTile = Box & { host: WallHost };

const gap = 2;

type Node = { host?: WallHost; children?: Node[]; size?: number };

/**
 * Hosts as tiles whose area is their capacity. They keep the order they come in (zone, name), so
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
    return [{ x: leaf.x0, y: leaf.y0, width: leaf.x1 - leaf.x0, height: leaf.y1 - leaf.y0, host }];
  });
}

export function hostAt(tiles: readonly HostTile[], x: number, y: number): HostTile | null {
  return tiles.find((tile) => inside(tile, x, y)) ?? null;
}

const inside = (box: Box, x: number, y: number): boolean =>
  x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
