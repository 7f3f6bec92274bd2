import type { DomainStats } from './domain-stats.ts';
import { type FieldTarget, type StatsPlace, statsPlaces } from './domain-stats-fields.ts';
import { typedParameter, type TypedParameter } from './typed-parameter.ts';

/** The fields under libvirt's own names and in its order, e.g. `net.0.rx.bytes`: what `virsh domstats` prints. */
export function flattenDomainStats(stats: DomainStats): TypedParameter[] {
  const flat: TypedParameter[] = [];
  for (let i = 0; i < statsPlaces.length; i++) {
    const place = statsPlaces[i]!;
    if (!place.prefix.includes('#')) {
      flattenPlace(flat, stats, place, 0);
      continue;
    }
    // Neighbouring places of the same list: all fields of its first item, then all of the second.
    let end = i + 1;
    while (listOf(statsPlaces[end]) === listOf(place)) end += 1;
    for (const index of indexes(stats, place)) {
      for (const neighbour of statsPlaces.slice(i, end)) flattenPlace(flat, stats, neighbour, index);
    }
    i = end - 1;
  }
  flat.push(...stats.other);
  return flat;
}

function listOf(place: StatsPlace | undefined): string | undefined {
  return place?.prefix.split('#')[place.prefix.includes('#') ? 0 : 1];
}

function indexes(stats: DomainStats, place: StatsPlace): number[] {
  const group = stats[listOf(place)!.slice(0, -1) as 'vcpu' | 'net' | 'block' | 'iothread'];
  return group ? group.list.map((entry) => entry.index) : [];
}

function flattenPlace(flat: TypedParameter[], stats: DomainStats, place: StatsPlace, index: number): void {
  const target: FieldTarget | undefined = place.find(stats, index, false);
  if (target === undefined) return;
  const prefix = place.prefix.replace('#', String(index));
  for (const [suffix, type, property] of place.fields) {
    const value = target[property];
    if (value !== undefined) flat.push(typedParameter(prefix + suffix, type, value));
  }
}
