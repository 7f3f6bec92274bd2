import type { Host } from '../fleet/host.ts';
import type { Dimension } from '../fleet/load.ts';
import type { Subject } from '../fleet/subject.ts';
import type { Vm } from '../fleet/vm.ts';

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const dimensionNames: Record<Dimension | 'pressure', string> = {
  cpu: 'CPU',
  mem: 'memory',
  net: 'network',
  disk: 'disk',
  pressure: 'pressure',
};

export const span = (milliseconds: number): string => {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return `${Math.round(milliseconds / 1000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
};

export const hostSubject = (host: Host): Subject => ({ type: 'host', id: host.name, name: host.name });
export const vmSubject = (vm: Vm): Subject => ({ type: 'vm', id: vm.uuid, name: vm.name, host: vm.host });
export const fleetSubject = (fleet: string): Subject => ({ type: 'fleet', id: fleet, name: fleet });
