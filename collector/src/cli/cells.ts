import type { CommandIo } from './command.ts';
import { paint, type Style } from './style.ts';

/** How values stand in the tables of commands. */
export const percentCell = (share: number | null): string =>
  share === null ? '-' : `${Math.round(share * 100)} %`;

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

export function bytesCell(bytes: number): string {
  const step = bytes > 0 ? Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10)) : 0;
  const value = bytes / 1024 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]!}`;
}

/** How long ago, or in how long, in the largest unit that says something. */
export function agoCell(at: number | null, io: Pick<CommandIo, 'now'>): string {
  if (at === null) return 'never';
  const seconds = Math.round((io.now() - at) / 1000);
  const size = Math.abs(seconds);
  const text =
    size < 90 ? `${size} s` : size < 5400 ? `${Math.round(size / 60)} min` : `${Math.round(size / 3600)} h`;
  return seconds < 0 ? `in ${text}` : text;
}

export function secondsCell(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  return seconds < 10
    ? `${seconds.toFixed(1)} s`
    : seconds < 120
      ? `${Math.round(seconds)} s`
      : `${Math.round(seconds / 60)} min`;
}

const stateStyles: Readonly<Record<string, Style>> = {
  hot: 'red',
  abrupt: 'red',
  critical: 'red',
  failed: 'red',
  high: 'red',
  'hot-soon': 'yellow',
  warning: 'yellow',
  stale: 'yellow',
  suspect: 'yellow',
  aborted: 'yellow',
  medium: 'yellow',
  cold: 'cyan',
  low: 'cyan',
  draining: 'cyan',
  done: 'green',
};

export const stateCell = (state: string, colours: boolean): string => {
  const style = stateStyles[state];
  return style ? paint(state, style, colours) : state;
};
