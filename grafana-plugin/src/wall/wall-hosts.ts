import type { CompactVms, HostView } from '../data/api.ts';
import { hostStates, type HostState, type Measure, type WallHost, type WallVm } from './wall-model.ts';

/** Joins the collector's hosts and VM rows into what the wall draws; the hosts alone while the VMs are on their way. */
export function wallHosts(
  hosts: readonly HostView[],
  vms: Pick<CompactVms, 'columns' | 'rows'> | undefined,
  measure: Measure,
): WallHost[] {
  const column = (name: string): number => vms?.columns.indexOf(name as never) ?? -1;
  const [uuid, name, host, loadClass, memBytes, next] = [
    'uuid',
    'name',
    'host',
    'loadClass',
    'memBytes',
    'nextClass',
  ].map(column);
  const value = column(measure === 'soon' ? 'cpu' : measure);
  const capacity = new Map(hosts.map((one) => [one.name, one.capacity.memBytes]));
  const byHost = new Map<string, WallVm[]>();
  for (const row of (vms?.rows ?? []) as readonly (readonly (string | number | null)[])[]) {
    const on = row[host!] as string;
    const total = capacity.get(on);
    if (total === undefined) continue;
    const list = byHost.get(on) ?? [];
    const soon = measure === 'soon' ? (row[next!] as WallVm['class']) : null;
    list.push({
      uuid: row[uuid!] as string,
      name: row[name!] as string,
      size: (row[memBytes!] as number) / total,
      class: soon ?? (row[loadClass!] as WallVm['class']),
      value: row[value] as number | null,
    });
    byHost.set(on, list);
  }
  const largest = Math.max(1, ...hosts.map((one) => one.capacity.cpuCores));
  return hosts.map((one) => ({
    name: one.name,
    zone: one.zone ?? '',
    size: one.capacity.cpuCores / largest,
    value: hostValue(one, measure),
    state: stateOf(one),
    vms: byHost.get(one.name) ?? [],
  }));
}

function hostValue(host: HostView, measure: Measure): number | null {
  if (measure === 'pressure') return host.pressure;
  if (measure !== 'soon') return host.load[measure];
  const { cpu, mem } = host.forecast.load;
  return cpu === null && mem === null ? null : Math.max(cpu ?? 0, mem ?? 0);
}

const stateOf = (host: HostView): HostState =>
  hostStates.find((state) => (host.states as readonly string[]).includes(state)) ?? 'normal';
