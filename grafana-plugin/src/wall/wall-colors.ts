import type { GrafanaTheme2 } from '@grafana/data';
import type { HostState } from './wall-model.ts';

/** Safe for the common colour-vision deficiencies: they differ in lightness as well as in hue. */
const ramp = {
  dark: ['#1f3a5f', '#2f6690', '#3a9188', '#c7a93a', '#e07b39', '#d7263d'],
  light: ['#d5e6f5', '#a5cbe6', '#8fcfc0', '#f0d371', '#ef9a5b', '#dc4450'],
} as const;

const classes = {
  dark: { low: '#3d6f9e', medium: '#b8962e', high: '#c8452f' },
  light: { low: '#8fbce0', medium: '#ecc94b', high: '#e4684f' },
} as const;

export type Palette = {
  load: (share: number | null) => string;
  class: (loadClass: 'low' | 'medium' | 'high' | null) => string;
  text: string;
  edge: string;
  canvas: string;
  unknown: string;
};

export function wallPalette(theme: GrafanaTheme2): Palette {
  const mode = theme.isDark ? 'dark' : 'light';
  const steps = ramp[mode];
  const unknown = theme.isDark ? '#3b3f46' : '#d8dbe0';
  return {
    load: (share) =>
      share === null
        ? unknown
        : steps[Math.min(steps.length - 1, Math.max(0, Math.floor(share * steps.length)))]!,
    class: (loadClass) => (loadClass === null ? unknown : classes[mode][loadClass]),
    text: theme.isDark ? '#ffffff' : '#111217',
    edge: theme.colors.text.primary,
    canvas: theme.colors.background.canvas,
    unknown,
  };
}

/** A sign for each state, so that the wall can be read without colour. */
export const stateSign: Readonly<Record<HostState, string>> = {
  normal: '',
  hot: '▲',
  abrupt: '⚡',
  'hot-soon': '△',
  cold: '▽',
  stale: '?',
  draining: '⇥',
  off: '○',
  suspect: '!',
};

export const stateName: Readonly<Record<HostState, string>> = {
  normal: 'normal',
  hot: 'hot spot',
  abrupt: 'abrupt load',
  'hot-soon': 'hot soon',
  cold: 'cold spot',
  stale: 'no fresh data',
  draining: 'draining',
  off: 'off',
  suspect: 'host in trouble',
};
