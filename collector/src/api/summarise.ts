import { dimensions, type Load } from '../fleet/load.ts';
import type { FleetView } from './fleet-view.ts';
import { hostStates } from './views.ts';

/** Counts one view of the fleet. Means are over fresh hosts that are on: a stale host is not an idle one. */
export function summarise(view: FleetView) {
  const { hosts, vms } = view.snapshot;
  const on = hosts.filter((host) => host.power !== 'off');
  const fresh = on.filter((host) => host.freshness === 'fresh');
  const states = Object.fromEntries(hostStates.map((state) => [state, 0])) as Record<
    (typeof hostStates)[number],
    number
  >;
  for (const host of view.hostViews()) for (const state of host.states) states[state] += 1;
  const classes = { low: 0, medium: 0, high: 0, unknown: 0 };
  const total = { running: 0, fresh: 0, vcpus: 0, memBytes: 0 };
  for (const vm of vms) {
    classes[view.judgement?.classes.get(vm.uuid) ?? 'unknown'] += 1;
    if (vm.state === 'running') total.running += 1;
    if (vm.freshness === 'fresh') total.fresh += 1;
    total.vcpus += vm.vcpus;
    total.memBytes += vm.memory.currentBytes;
  }
  const findings = { info: 0, warning: 0, critical: 0 };
  for (const finding of view.judgement?.findings ?? []) findings[finding.severity] += 1;
  return {
    hosts: { total: hosts.length, on: on.length, fresh: fresh.length, states },
    vms: {
      total: vms.length,
      running: total.running,
      fresh: total.fresh,
      classes,
      classChanges: (view.judgement?.classChanges ?? []).filter((change) => change.announced).length,
    },
    load: meanLoad(fresh.map((host) => host.load)),
    vcpus: total.vcpus,
    memBytes: total.memBytes,
    watts: watts(view),
    savedWatts: savedWatts(view),
    findings,
  };
}

function meanLoad(loads: readonly Load[]): Load {
  const mean = (dimension: (typeof dimensions)[number]): number | null => {
    const known = loads.map((load) => load[dimension]).filter((value) => value !== null);
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  };
  return { cpu: mean('cpu'), mem: mean('mem'), net: mean('net'), disk: mean('disk') };
}

/** Power is all but linear in CPU load between idle and full. */
function watts(view: FleetView): number | null {
  let sum: number | null = null;
  for (const { power, energy, load } of view.snapshot.hosts) {
    if (!energy || power === 'off' || load.cpu === null) continue;
    sum = (sum ?? 0) + energy.idleWatts + (energy.maxWatts - energy.idleWatts) * Math.min(1, load.cpu);
  }
  return sum;
}

/** What the hosts that are off would draw if they were on with nothing to do. */
function savedWatts(view: FleetView): number | null {
  const off = view.snapshot.hosts
    .filter(({ power }) => power === 'off')
    .flatMap(({ energy }) => energy ?? []);
  return off.length === 0 ? null : off.reduce((sum, { idleWatts }) => sum + idleWatts, 0);
}
