import type { HostModel } from './planetlab-fleet.ts';

/** What a policy may see at the start of an interval: the present placement and the past, nothing else. */
export type FleetView = {
  /** 0 at the start of the day; `interval` samples of every VM are known. */
  readonly interval: number;
  readonly hosts: readonly HostView[];
  readonly vms: readonly VmView[];
};

export type HostView = {
  readonly index: number;
  readonly model: HostModel;
  readonly power: 'off' | 'booting' | 'on' | 'stopping';
};

export type VmView = {
  readonly index: number;
  readonly mips: number;
  readonly ramMb: number;
  /** Index of the host that it runs on. */
  readonly host: number;
  /** Index of the host that it is being copied to. */
  readonly movingTo: number | undefined;
  /** CPU loads 0..1 of the intervals that are over, oldest first. */
  readonly loads: Float64Array;
};

export type OrderedMove = { readonly vm: number; readonly target: number };

/** What a policy may order. What cannot be started within the interval is dropped, and the policy decides anew. */
export type Orders = {
  /** In order of preference. A target that is off must be switched on as well; the move waits for it. */
  readonly moves: readonly OrderedMove[];
  readonly switchOn: readonly number[];
  /** Each is switched off as soon as it is empty. */
  readonly switchOff: readonly number[];
};

export type PlanetlabPolicy = { decide(view: FleetView): Orders };

export const noOrders: Orders = { moves: [], switchOn: [], switchOff: [] };
