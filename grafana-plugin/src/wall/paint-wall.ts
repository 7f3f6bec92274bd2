import { stateSign, type Palette } from './wall-colors.ts';
import { headHeight, vmArea, vmBox, type VmLayouts } from './vm-layout.ts';
import type { Box, HostTile } from './wall-layout.ts';

export type View = { scale: number; x: number; y: number };

/** More VMs than this in view are not drawn one by one while the wall moves: a frame has 16 ms. */
const mostWhileMoving = 4000;

const fontFor = (pixels: number): string => `${String(pixels)}px Inter, sans-serif`;

/** Where a tile of the picture stands on the screen. */
export const onScreen = (tile: Box, view: View): Box => ({
  x: tile.x * view.scale + view.x,
  y: tile.y * view.scale + view.y,
  width: tile.width * view.scale,
  height: tile.height * view.scale,
});

/**
 * Draws what is in view, and says how many VMs that was. VMs are drawn only where they would be larger than a pixel or two: with 50,000 of them that
 * is what keeps panning smooth.
 */
export function paintWall(
  context: CanvasRenderingContext2D,
  tiles: readonly HostTile[],
  layouts: VmLayouts,
  view: View,
  size: { width: number; height: number; ratio: number },
  palette: Palette,
  selected: string | null,
  moving: boolean,
): number {
  let vms = 0;
  const coarse = moving && vmsInView(tiles, view, size) > mostWhileMoving;
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.fillStyle = palette.canvas;
  context.fillRect(0, 0, size.width, size.height);
  for (const tile of tiles) {
    const at = onScreen(tile, view);
    if (!isInView(at, size)) continue;
    vms += paintHost(context, tile, at, layouts, palette, coarse);
    if (tile.host.name === selected) {
      context.strokeStyle = palette.edge;
      context.lineWidth = 3;
      const [width, height] = [Math.max(0, at.width - 3), Math.max(0, at.height - 3)];
      context.strokeRect(at.x + 1.5, at.y + 1.5, width, height);
    }
  }
  return vms;
}

type Size = { width: number; height: number };

const isInView = ({ x, y, width, height }: Box, size: Size): boolean =>
  x <= size.width && y <= size.height && x + width >= 0 && y + height >= 0;

const vmsInView = (tiles: readonly HostTile[], view: View, size: Size): number =>
  tiles.reduce((sum, tile) => sum + (isInView(onScreen(tile, view), size) ? tile.host.vms.length : 0), 0);

function paintHost(
  context: CanvasRenderingContext2D,
  tile: HostTile,
  at: Box,
  layouts: VmLayouts,
  palette: Palette,
  coarse: boolean,
): number {
  const { host } = tile;
  const lost = host.state === 'stale' || host.state === 'off';
  context.fillStyle = lost ? palette.unknown : palette.load(host.value);
  if (lost) context.fillRect(at.x, at.y, at.width, at.height);
  else {
    // The host's colour is full in its head and faint where it has room, so that VMs stand out from it.
    context.globalAlpha = 0.3;
    context.fillRect(at.x, at.y, at.width, at.height);
    context.globalAlpha = 1;
    context.fillRect(at.x, at.y, at.width, Math.min(at.height, headHeight));
  }
  const vms = lost ? 0 : (coarse ? paintMix : paintVms)(context, tile, at, layouts, palette);
  if (host.state === 'stale' || host.state === 'draining')
    stripes(context, at, palette.edge, host.state === 'draining');
  if (host.state === 'hot' || host.state === 'abrupt' || host.state === 'suspect') {
    context.strokeStyle = palette.edge;
    context.lineWidth = 2;
    context.strokeRect(at.x + 1, at.y + 1, Math.max(0, at.width - 2), Math.max(0, at.height - 2));
  }
  if (!coarse && at.width > 26 && at.height > 12) {
    const percent = host.value === null || lost ? '' : ` ${String(Math.round(host.value * 100))}%`;
    const sign = stateSign[host.state];
    context.fillStyle = palette.text;
    context.font = fontFor(11);
    context.fillText(
      clip(`${sign}${sign === '' ? '' : ' '}${host.name}${percent}`, at.width - 6, 6.4),
      at.x + 3,
      at.y + 12,
    );
  }
  return vms;
}

/** The VMs of a host as one bar by class: the colours of the whole, at the cost of four VMs. */
function paintMix(
  context: CanvasRenderingContext2D,
  { host }: HostTile,
  at: Box,
  layouts: VmLayouts,
  palette: Palette,
): number {
  const area = vmArea(at);
  if (area === null) return 0;
  let y = area.y;
  for (const { class: loadClass, share } of layouts.mix(host)) {
    context.fillStyle = palette.class(loadClass);
    context.fillRect(area.x, y, area.width, share * area.height);
    y += share * area.height;
  }
  return 0;
}

function paintVms(
  context: CanvasRenderingContext2D,
  tile: HostTile,
  at: Box,
  layouts: VmLayouts,
  palette: Palette,
): number {
  const area = vmArea(at);
  if (area === null) return 0;
  const names: { name: string; box: Box }[] = [];
  let [painted, color] = [0, ''];
  const shares = layouts.shares(tile);
  for (const [index, vm] of tile.host.vms.entries()) {
    const box = vmBox(shares[index]!, area);
    if (box === null) continue;
    // A canvas reads a colour's text each time it is set.
    const wanted = palette.class(vm.class);
    if (wanted !== color) context.fillStyle = color = wanted;
    context.fillRect(box.x, box.y, box.width, box.height);
    painted += 1;
    if (box.width > 60 && box.height > 14) names.push({ name: vm.name, box });
  }
  context.fillStyle = palette.text;
  context.font = fontFor(11);
  for (const { name, box } of names) context.fillText(clip(name, box.width - 6, 6.2), box.x + 3, box.y + 11);
  return painted;
}

function stripes(context: CanvasRenderingContext2D, at: Box, color: string, forward: boolean): void {
  context.save();
  context.beginPath();
  context.rect(at.x, at.y, at.width, at.height);
  context.clip();
  context.globalAlpha = 0.25;
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.beginPath();
  for (let offset = -at.height; offset < at.width; offset += 9) {
    const [from, to] = forward ? [at.y + at.height, at.y] : [at.y, at.y + at.height];
    context.moveTo(at.x + offset, from);
    context.lineTo(at.x + offset + at.height, to);
  }
  context.stroke();
  context.restore();
}

const clip = (text: string, width: number, perCharacter: number): string => {
  const most = Math.floor(width / perCharacter);
  return text.length <= most ? text : most < 3 ? '' : `${text.slice(0, most - 1)}…`;
};
