import { stateSign, type Palette } from './wall-colors.ts';
import type { HostTile } from './wall-layout.ts';

export type View = { scale: number; x: number; y: number };

const headHeight = 16;

const fontFor = (pixels: number): string => `${String(pixels)}px Inter, sans-serif`;

/**
 * Draws what is in view. VMs are drawn only where they would be larger than a pixel or two: with 50,000 of them that
 * is what keeps panning smooth.
 */
export function paintWall(
  context: CanvasRenderingContext2D,
  tiles: readonly HostTile[],
  view: View,
  size: { width: number; height: number; ratio: number },
  palette: Palette,
  selected: string | null,
): void {
  context.setTransform(size.ratio, 0, 0, size.ratio, 0, 0);
  context.fillStyle = palette.canvas;
  context.fillRect(0, 0, size.width, size.height);
  for (const tile of tiles) {
    const x = tile.x * view.scale + view.x;
    const y = tile.y * view.scale + view.y;
    const width = tile.width * view.scale;
    const height = tile.height * view.scale;
    if (x > size.width || y > size.height || x + width < 0 || y + height < 0) continue;
    paintHost(context, tile, { x, y, width, height }, view, palette);
    if (tile.host.name === selected) {
      context.strokeStyle = palette.edge;
      context.lineWidth = 3;
      context.strokeRect(x + 1.5, y + 1.5, Math.max(0, width - 3), Math.max(0, height - 3));
    }
  }
}

function paintHost(
  context: CanvasRenderingContext2D,
  tile: HostTile,
  at: { x: number; y: number; width: number; height: number },
  view: View,
  palette: Palette,
): void {
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
  if (!lost) {
    for (const vm of tile.vms) {
      const width = vm.width * view.scale;
      const height = vm.height * view.scale;
      if (width < 1.5 || height < 1.5) continue;
      context.fillStyle = palette.class(vm.vm.class);
      context.fillRect(vm.x * view.scale + view.x, vm.y * view.scale + view.y, width, height);
      if (width > 60 && height > 14) {
        context.fillStyle = palette.text;
        context.font = fontFor(11);
        context.fillText(
          clip(vm.vm.name, width - 6, 6.2),
          vm.x * view.scale + view.x + 3,
          vm.y * view.scale + view.y + 11,
        );
      }
    }
  }
  if (host.state === 'stale' || host.state === 'draining')
    stripes(context, at, palette.edge, host.state === 'draining');
  if (host.state === 'hot' || host.state === 'abrupt' || host.state === 'suspect') {
    context.strokeStyle = palette.edge;
    context.lineWidth = 2;
    context.strokeRect(at.x + 1, at.y + 1, Math.max(0, at.width - 2), Math.max(0, at.height - 2));
  }
  if (at.width > 26 && at.height > 12) {
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
}

function stripes(
  context: CanvasRenderingContext2D,
  at: { x: number; y: number; width: number; height: number },
  color: string,
  forward: boolean,
): void {
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
