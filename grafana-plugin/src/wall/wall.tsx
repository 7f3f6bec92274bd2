import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { onScreen, paintWall, type View } from './paint-wall.ts';
import { vmAt, VmLayouts } from './vm-layout.ts';
import { stateName, wallPalette } from './wall-colors.ts';
import { hostAt, layoutWall, type Box, type HostTile } from './wall-layout.ts';
import type { Measure, WallHost, WallVm } from './wall-model.ts';

type Props = {
  hosts: readonly WallHost[];
  measure: Measure;
  width: number;
  height: number;
  onOpenHost: (name: string) => void;
  onOpenVm: (uuid: string) => void;
};

/** What is under the pointer, and where the pointer is. */
type Found = { tile: HostTile; x: number; y: number; vm?: WallVm; box?: Box };

const whole: View = { scale: 1, x: 0, y: 0 };
const mostScale = 40;
/** A wall that has not moved for so long is drawn in full. */
const restMilliseconds = 250;

/** The fleet as one picture. Wheel zooms, dragging pans, arrow keys walk from host to host, Enter opens. */
export function Wall({ hosts, measure, width, height, onOpenHost, onOpenVm }: Props) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState<View>(whole);
  const shown = useRef<View>(whole);
  const [selected, setSelected] = useState<string | null>(null);
  const [layouts] = useState(() => new VmLayouts());
  const [hover, setHover] = useState<Found | null>(null);
  const drag = useRef<{ x: number; y: number; view: View; moved: boolean } | null>(null);
  const tiles = useMemo(() => layoutWall(hosts, width, height), [hosts, width, height]);
  const palette = useMemo(() => wallPalette(theme), [theme]);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined) return undefined;
    const ratio = window.devicePixelRatio;
    const paint = (moving: boolean) => {
      // Setting a canvas's size clears it, so it is set only when it changed.
      if (element.width !== Math.round(width * ratio)) element.width = Math.round(width * ratio);
      if (element.height !== Math.round(height * ratio)) element.height = Math.round(height * ratio);
      const start = performance.now();
      const vms = paintWall(
        context,
        tiles,
        layouts,
        view,
        { width, height, ratio },
        palette,
        selected,
        moving,
      );
      performance.measure('wall-paint', { start, detail: { hosts: tiles.length, vms } });
      // Only for who observes: kept, these would pile up on a wall that hangs there for months.
      performance.clearMeasures('wall-paint');
    };
    const moving = shown.current !== view;
    shown.current = view;
    let frame = requestAnimationFrame(() => {
      paint(moving);
    });
    const atRest = window.setTimeout(() => {
      if (moving)
        frame = requestAnimationFrame(() => {
          paint(false);
        });
    }, restMilliseconds);
    return () => {
      cancelAnimationFrame(frame);
      window.clearTimeout(atRest);
    };
  }, [tiles, layouts, view, width, height, palette, selected]);

  // React listens to wheel passively, which would let the page scroll as well.
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const zoom = (event: WheelEvent) => {
      event.preventDefault();
      const at = element.getBoundingClientRect();
      const [x, y] = [event.clientX - at.left, event.clientY - at.top];
      setView((now) => {
        const scale = Math.min(mostScale, Math.max(1, now.scale * Math.exp(-event.deltaY * 0.0015)));
        return bounded(
          { scale, x: x - ((x - now.x) * scale) / now.scale, y: y - ((y - now.y) * scale) / now.scale },
          width,
          height,
        );
      });
    };
    element.addEventListener('wheel', zoom, { passive: false });
    return () => {
      element.removeEventListener('wheel', zoom);
    };
  }, [width, height]);

  const find = useCallback(
    (x: number, y: number): Found | null => {
      const [atX, atY] = [(x - view.x) / view.scale, (y - view.y) / view.scale];
      const tile = hostAt(tiles, atX, atY);
      return tile === null ? null : { tile, x, y, ...vmAt(layouts, tile, onScreen(tile, view), x, y) };
    },
    [tiles, layouts, view],
  );

  const step = (key: string) => {
    const from = tiles.find((tile) => tile.host.name === selected);
    const next = from === undefined ? tiles[0] : neighbour(tiles, from, key);
    if (next !== undefined) setSelected(next.host.name);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key.startsWith('Arrow')) {
      event.preventDefault();
      step(event.key);
    } else if (event.key === 'Enter' && selected !== null) onOpenHost(selected);
    else if (event.key === '+')
      setView((now) => bounded({ ...now, scale: Math.min(mostScale, now.scale * 1.5) }, width, height));
    else if (event.key === '-')
      setView((now) => bounded({ ...now, scale: Math.max(1, now.scale / 1.5) }, width, height));
    else if (event.key === 'Escape') setView(whole);
  };
  const spoken = tiles.find((tile) => tile.host.name === selected);

  return (
    <div className={styles.frame} style={{ width, height }}>
      <canvas
        ref={canvas}
        data-testid="evenkeel-wall"
        className={styles.canvas}
        style={{ width, height }}
        tabIndex={0}
        role="application"
        aria-label={`The fleet: ${String(hosts.length)} hosts by ${measure}. Arrow keys walk from host to host, Enter opens one, plus and minus zoom.`}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY, view, moved: false };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const at = event.currentTarget.getBoundingClientRect();
          const start = drag.current;
          if (start === null) {
            setHover(find(event.clientX - at.left, event.clientY - at.top));
            return;
          }
          const [dx, dy] = [event.clientX - start.x, event.clientY - start.y];
          if (!start.moved && Math.hypot(dx, dy) < 4) return;
          start.moved = true;
          setHover(null);
          setView(bounded({ ...start.view, x: start.view.x + dx, y: start.view.y + dy }, width, height));
        }}
        onPointerLeave={() => {
          setHover(null);
        }}
        onPointerUp={(event) => {
          const moved = drag.current?.moved ?? false;
          drag.current = null;
          if (moved) return;
          const at = event.currentTarget.getBoundingClientRect();
          const found = find(event.clientX - at.left, event.clientY - at.top);
          if (found === null) return;
          if (found.vm !== undefined && found.box!.width > 10) onOpenVm(found.vm.uuid);
          else onOpenHost(found.tile.host.name);
        }}
      />
      <div className={styles.spoken} aria-live="polite">
        {spoken === undefined ? '' : describe(spoken)}
      </div>
      {hover !== null && (
        <div
          className={styles.tip}
          style={{ left: Math.min(hover.x + 12, width - 230), top: Math.min(hover.y + 12, height - 90) }}
        >
          <strong>{hover.tile.host.name}</strong>
          <div>{describe(hover.tile)}</div>
          {hover.vm !== undefined && (
            <div>
              {hover.vm.name}: {hover.vm.class ?? 'no class yet'}
              {hover.vm.value === null ? '' : `, ${percent(hover.vm.value)}`}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

const percent = (share: number): string => `${String(Math.round(share * 100))} %`;

const describe = ({ host }: HostTile): string =>
  `${host.name}, ${stateName[host.state]}, ${host.value === null ? 'load not known' : percent(host.value)}, ${String(host.vms.length)} VMs`;

/** The picture never leaves the frame: an empty wall must mean an empty fleet. */
export function bounded(view: View, width: number, height: number): View {
  const clamp = (value: number, size: number) => Math.min(0, Math.max(size - size * view.scale, value));
  return { scale: view.scale, x: clamp(view.x, width), y: clamp(view.y, height) };
}

function neighbour(tiles: readonly HostTile[], from: HostTile, key: string): HostTile | undefined {
  const [dx, dy] =
    key === 'ArrowLeft' ? [-1, 0] : key === 'ArrowRight' ? [1, 0] : key === 'ArrowUp' ? [0, -1] : [0, 1];
  const center = (tile: HostTile) => ({ x: tile.x + tile.width / 2, y: tile.y + tile.height / 2 });
  const here = center(from);
  let best: HostTile | undefined;
  let least = Infinity;
  for (const tile of tiles) {
    const there = center(tile);
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
    if (along <= 1) continue;
    const across = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    const distance = along + 3 * across;
    if (distance < least) [best, least] = [tile, distance];
  }
  return best ?? from;
}

const getStyles = (theme: GrafanaTheme2) => ({
  frame: css({ position: 'relative', overflow: 'hidden' }),
  canvas: css({
    display: 'block',
    touchAction: 'none',
    cursor: 'pointer',
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  spoken: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }),
  tip: css({
    position: 'absolute',
    pointerEvents: 'none',
    maxWidth: 220,
    padding: theme.spacing(0.5, 1),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.elevated,
    border: `1px solid ${theme.colors.border.medium}`,
    boxShadow: theme.shadows.z2,
    fontSize: theme.typography.bodySmall.fontSize,
  }),
});
