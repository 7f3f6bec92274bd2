/** What the wall can show a host's or a VM's value of. `soon` is the forecast in 30 minutes. */
export const measures = ['cpu', 'mem', 'net', 'pressure', 'soon'] as const;
export type Measure = (typeof measures)[number];

export const hostStates = [
  'abrupt',
  'hot',
  'suspect',
  'stale',
  'draining',
  'off',
  'hot-soon',
  'cold',
  'normal',
] as const;
/** In the order of what matters most to who looks: a host with two states shows the first. */
export type HostState = (typeof hostStates)[number];

export type WallVm = {
  uuid: string;
  name: string;
  /** The share of the host's memory or CPU that it was given: its area. */
  size: number;
  class: 'low' | 'medium' | 'high' | null;
  value: number | null;
};

export type WallHost = {
  name: string;
  zone: string;
  size: number;
  value: number | null;
  state: HostState;
  vms: WallVm[];
};
