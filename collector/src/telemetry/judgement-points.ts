import type { Finding, FindingKind } from '../fleet/finding.ts';
import { findingKinds, severities } from '../fleet/finding.ts';
import type { ClassChange } from '../fleet/class-change.ts';
import type { Forecast } from '../fleet/forecast.ts';
import type { Subject } from '../fleet/subject.ts';
import type { Point } from './point.ts';

const fieldOf = (kind: FindingKind): string => kind.replaceAll('-', '_');

/**
 * What judge found. One point a subject, one field a kind: its severity as 1 (info) to 3 (critical); a finding that
 * has just ended is 0. The fleet's own point counts every kind at every time, so that an alert rule on
 * "no hot spot" reads a 0 and never an empty answer.
 */
export function findingPoints(
  fleet: string,
  at: number,
  current: readonly Finding[],
  ended: readonly Finding[],
): Point[] {
  const subjects = new Map<
    string,
    { subject: Subject; fields: Record<string, number>; messages: string[] }
  >();
  const about = (subject: Subject) => {
    const key = `${subject.type}:${subject.id}`;
    const known = subjects.get(key) ?? { subject, fields: {}, messages: [] };
    subjects.set(key, known);
    return known;
  };
  for (const finding of ended) about(finding.subject).fields[fieldOf(finding.kind)] = 0;
  const counts: Record<string, number> = {};
  for (const kind of findingKinds) counts[`${fieldOf(kind)}_count`] = 0;
  for (const finding of current) {
    const { fields, messages } = about(finding.subject);
    const name = fieldOf(finding.kind);
    fields[name] = Math.max(fields[name] ?? 0, severities.indexOf(finding.severity) + 1);
    messages.push(finding.message);
    counts[`${name}_count`]! += 1;
  }
  const points: Point[] = [{ measurement: 'finding', tags: { fleet }, at, fields: counts }];
  for (const { subject, fields, messages } of subjects.values())
    points.push({
      measurement: 'finding',
      // the fleet's own findings share the point of its counts: same tags, same time, other fields
      tags: subjectTags(fleet, subject),
      at,
      fields: { ...fields, message: messages.length === 0 ? null : messages.join(' ') },
    });
  return points;
}

/**
 * Forecasts stand at the time they are about, so that a dashboard lays `cpu_30m` (what was said 30 minutes before)
 * over what came.
 */
export function forecastPoints(fleet: string, forecasts: readonly Forecast[]): Point[] {
  const points = new Map<string, Point & { readonly fields: Record<string, number> }>();
  for (const { subject, dimension, at, points: told } of forecasts)
    for (const { minutes, value, low, high } of told) {
      const stands = at + minutes * 60_000;
      const key = `${subject.type}:${subject.id}:${stands}`;
      let point = points.get(key);
      if (point === undefined) {
        point = { measurement: 'forecast', tags: subjectTags(fleet, subject), at: stands, fields: {} };
        points.set(key, point);
      }
      const name = `${dimension}_${minutes}m`;
      point.fields[name] = value;
      point.fields[`${name}_low`] = low;
      point.fields[`${name}_high`] = high;
    }
  return [...points.values()];
}

/** Class changes that are expected: at the time of saying so, tagged with the class that is to come. */
export function classChangePoints(fleet: string, changes: readonly ClassChange[]): Point[] {
  return changes.map((change) => ({
    measurement: 'forecast',
    tags: { fleet, host: change.host, vm: change.vm, uuid: change.uuid, class: change.to },
    at: change.at,
    fields: {
      [`${change.dimension}_class_change_probability`]: change.probability,
      [`${change.dimension}_class_change_minutes`]: (change.when - change.at) / 60_000,
      [`${change.dimension}_class_change_announced`]: Number(change.announced),
      [`${change.dimension}_class_from`]: change.from,
    },
  }));
}

function subjectTags(fleet: string, subject: Subject): Point['tags'] {
  switch (subject.type) {
    case 'fleet':
      return { fleet };
    case 'host':
      return { fleet, host: subject.name };
    case 'vm':
      return {
        fleet,
        vm: subject.name,
        uuid: subject.id,
        ...(subject.host === undefined ? {} : { host: subject.host }),
      };
  }
}
