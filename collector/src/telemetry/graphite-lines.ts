import { escapePath } from './escape-name.ts';
import type { Measurement, Point } from './point.ts';

/** What has a path of its own. The others are lists of sentences, which Graphite cannot keep. */
const pathed: ReadonlySet<Measurement> = new Set(['host', 'vm', 'collector']);

/** Graphite's plaintext protocol: one line a numeric field, `path value seconds`. */
export function encodeGraphite(points: readonly Point[]): { text: string; values: number } {
  let text = '';
  let values = 0;
  for (const point of points) {
    if (!pathed.has(point.measurement)) continue;
    const path = pathOf(point);
    if (path === undefined) continue;
    const seconds = Math.floor(point.at / 1000);
    for (const name in point.fields) {
      const value = point.fields[name];
      if (typeof value !== 'number' || !Number.isFinite(value)) continue;
      text += `${path}.${name} ${value} ${seconds}\n`;
      values++;
    }
  }
  return { text, values };
}

/** `evenkeel.<fleet>.host.<host>` and the like; undefined when a name is missing. */
export function pathOf({ measurement, tags }: Pick<Point, 'measurement' | 'tags'>): string | undefined {
  if (tags.fleet === undefined) return undefined;
  const fleet = `evenkeel.${escapePath(tags.fleet)}`;
  if (measurement === 'collector') return `${fleet}.collector`;
  const name = measurement === 'vm' ? tags.vm : tags.host;
  return name === undefined ? undefined : `${fleet}.${measurement}.${escapePath(name)}`;
}
